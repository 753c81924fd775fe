/** One message of a stream of Server-Sent Events. */
export interface Message {
  /** The last id that the stream has sent. */
  id: string | undefined;
  event: string;
  data: string;
}

/** Reads messages from a stream that comes in pieces of any size. */
export class EventStreamParser {
  #rest = '';
  #id: string | undefined;

  constructor(lastId?: string) {
    this.#id = lastId;
  }

  push(text: string): Message[] {
    const blocks = (this.#rest + text).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
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
