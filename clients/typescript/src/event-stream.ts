import type { Exchange } from './exchange.ts';

/** One message of a stream of Server-Sent Events. */
export interface Message {
  /** The last id that the stream has sent. */
  id: string | undefined;
  event: string;
  data: string;
}

const MOST_CHARACTERS = 2 ** 20;

/** What an open stream sends, as fast as it is taken. */
export async function* messagesIn(
  stream: ReadableStream<Uint8Array>,
  { read, limited }: Exchange,
  lastId: string | undefined,
): AsyncGenerator<Message> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const parser = new EventStreamParser(lastId);
  for (;;) {
    limited(true);
    const { done, value } = await read(() => reader.read());
    limited(false);
    if (done) return;
    yield* parser.push(decoder.decode(value, { stream: true }));
  }
}

/** Reads messages from a text that comes in pieces of any size. */
export class EventStreamParser {
  #rest = '';
  #id: string | undefined;

  constructor(lastId?: string) {
    this.#id = lastId;
  }

  push(text: string): Message[] {
    const blocks = (this.#rest + text).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    if (this.#rest.length > MOST_CHARACTERS) throw new Error('a message of the stream has no end');
    return blocks.map((block) => this.#read(block)).filter((message) => message !== undefined);
  }

  #read(block: string): Message | undefined {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, field, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (field === 'id') this.#id = value;
      else if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
    }
    return data.length === 0 ? undefined : { id: this.#id, event, data: data.join('\n') };
  }
}
