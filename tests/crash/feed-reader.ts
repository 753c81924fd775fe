import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from './client.ts';

export interface FeedEvent {
  id: string;
  stream: string;
  version: number;
  type: string;
  position: string;
}

const LOOK_EVERY_MS = 200;
const PAGE = 200;

/** Follows the feed of one service as a relay would: from the position it has stored, now at one replica, now at another. */
export class FeedReader {
  readonly events: FeedEvent[] = [];
  #position = '0';
  #turn = 0;

  constructor(
    private readonly client: Client,
    private readonly replicas: readonly string[],
  ) {}

  async run(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      if ((await this.#read()) < PAGE) await pause(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => {});
    }
  }

  /** Reads to the end, after the faults. */
  async finish(): Promise<void> {
    while ((await this.#read()) > 0);
  }

  async #read(): Promise<number> {
    const replica = this.replicas[this.#turn++ % this.replicas.length] as string;
    const heard = await this.client.send(replica, 'GET', `/events?after=${this.#position}&limit=${PAGE}`);
    if (heard?.status !== 200) return 0;
    const { events, next } = JSON.parse(heard.body) as { events: FeedEvent[]; next: string };
    for (const { id, stream, version, type, position } of events) {
      this.events.push({ id, stream, version, type, position });
    }
    this.#position = next;
    return events.length;
  }
}
