import { setTimeout as pause } from 'node:timers/promises';
import { type Transport, undiciTransport } from '@oms/shared/resilience/transport';
import type { Chance } from './chance.ts';
import type { Heard, Story, Told, Wish } from './told.ts';

/** Short, so that a customer often gives up while the request is still being carried out. */
const PATIENCE_MS = 4_000;
const PAUSE_MS = 150;

export class Client {
  constructor(
    private readonly told: Told,
    private readonly transport: Transport = undiciTransport(),
  ) {}

  /** Undefined: no answer came, and the result is unknown. */
  async send(
    at: string,
    method: string,
    path: string,
    {
      body,
      headers = {},
      patienceMs = PATIENCE_MS,
    }: { body?: unknown; headers?: Record<string, string>; patienceMs?: number } = {},
  ): Promise<Heard | undefined> {
    const json: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    try {
      const answer = await this.transport.send({
        method,
        origin: at,
        path,
        headers: { Accept: 'application/json', ...json, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(patienceMs),
      });
      return { status: answer.status, body: answer.body, replayed: answer.headers['idempotent-replayed'] === 'true' };
    } catch {
      return undefined;
    }
  }

  /** Sends a request, and retries it after an unknown result, each time at another replica, until there is an answer. */
  async insist(wish: Wish, chance: Chance, mostTries: number, ended?: AbortSignal): Promise<Heard | undefined> {
    const story = this.told.begin(wish);
    for (let tries = 1; tries <= mostTries && !ended?.aborted; tries++) {
      const answer = await this.once(story, chance);
      if (answer) return answer;
      await pause(PAUSE_MS * Math.min(tries, 10));
    }
    return undefined;
  }

  async once(story: Story, chance: Chance): Promise<Heard | undefined> {
    const { at, method, path, body, key, headers } = story.wish;
    const replica = at[(chance.between(0, 1) + story.sent++) % at.length] as string;
    const heard = await this.send(replica, method, path, { body, headers: { 'Idempotency-Key': key, ...headers } });
    if (!heard) story.unknown++;
    return heard && this.told.hear(story, heard) ? heard : undefined;
  }

  async close(): Promise<void> {
    await this.transport.close();
  }
}
