/** A bearer token, or what gives one. */
export type TokenSource = string | (() => string | Promise<string>);

/** The token of a client: asked for once, and again when the API no longer takes it. */
export class Token {
  #asked: Promise<string> | undefined;

  constructor(private readonly source: TokenSource | undefined) {}

  get(): Promise<string> | undefined {
    const { source } = this;
    if (source === undefined || this.#asked) return this.#asked;
    const asked = (async () => (typeof source === 'function' ? source() : source))();
    asked.catch(() => this.refused(asked));
    this.#asked = asked;
    return asked;
  }

  /** Whether another may be had. Of many requests whose token was refused, the first has it renewed. */
  refused(asked: Promise<string> | undefined): boolean {
    if (this.#asked === asked) this.#asked = undefined;
    return typeof this.source === 'function';
  }
}
