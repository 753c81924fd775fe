/** A list, which comes in pages: `for await` reads all of it, one page after the other. */
export class Pages<Page extends object> implements AsyncIterable<ItemOf<Page>> {
  constructor(
    /** The first page, or the one after a cursor that the page before has named. */
    readonly page: (cursor?: string | number) => Promise<Page>,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<ItemOf<Page>, void, undefined> {
    let cursor: string | number | null | undefined;
    do {
      const page: AnyPage = await this.page(cursor ?? undefined);
      yield* (page.items ?? page.events) as ItemOf<Page>[];
      cursor = page.nextCursor ?? page.next;
    } while (cursor !== undefined && cursor !== null);
  }
}

export type ItemOf<Page> = Page extends { items: (infer Item)[] } | { events: (infer Item)[] } ? Item : never;

interface AnyPage {
  items?: unknown[];
  events?: unknown[];
  nextCursor?: string | null;
  next?: number | null;
}
