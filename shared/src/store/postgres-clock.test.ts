import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { PostgresStore } from './postgres.ts';
import { REQUESTS_KEPT_MS } from './store.ts';

const HOUR_MS = 60 * 60 * 1000;
const request = { key: 'k', fingerprint: 'f' };
const answer = (body: string) => () => ({ answer: { status: 201, headers: {}, body } });

let url: string;
let here: PostgresStore<unknown>;
let there: PostgresStore<unknown>;
beforeEach(async () => {
  if (!process.env.DATABASE_URL_TEST) return;
  url = await freshDatabase();
  [here, there] = [new PostgresStore(url), new PostgresStore(url)];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([here, there].map((store) => store?.close()));
});

/** Runs on a replica whose clock is wrong by so many hours. */
async function onAClockAhead<T>(hours: number, what: () => Promise<T>): Promise<T> {
  const right = Date.now.bind(Date);
  const wrong = jest.spyOn(Date, 'now').mockImplementation(() => right() + hours * HOUR_MS);
  return what().finally(() => wrong.mockRestore());
}

/** For how long from now, by the database's clock, keys are stored. */
async function keptMs(): Promise<number[]> {
  const rows = await sql('SELECT expires_at - extract(epoch FROM now()) * 1000 AS ms FROM requests');
  return rows.map(({ ms }) => Number(ms));
}

async function sql(text: string, values: unknown[] = []): Promise<{ ms?: string }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text, values).finally(() => client.end());
  return rows;
}

describeDurable('idempotency keys expire by the clock of the database:', () => {
  it.each([25, -25])('a replica whose clock is %i h ahead expires no key of another', async (hours) => {
    await here.write([], request, answer('first'));
    const again = await onAClockAhead(hours, () => there.write([], request, answer('second')));
    expect(again).toMatchObject({ replayed: true, answer: { body: 'first' } });
  });

  it.each([25, -25])('keys of a replica whose clock is %i h ahead expire on time', async (hours) => {
    await onAClockAhead(hours, () => there.write([], request, answer('first')));
    expect(await here.write([], request, answer('second'))).toMatchObject({ replayed: true });
    const kept = await keptMs();
    expect(kept).toHaveLength(2);
    for (const ms of kept) {
      expect(ms).toBeLessThanOrEqual(REQUESTS_KEPT_MS);
      expect(ms).toBeGreaterThan(REQUESTS_KEPT_MS - HOUR_MS);
    }
  });

  it('expired keys are deleted once a minute', async () => {
    const { setInterval } = globalThis;
    let cleanEveryMs: number | undefined;
    let clean: () => unknown = () => {};
    jest.spyOn(globalThis, 'setInterval').mockImplementation(((then: () => void, ms: number) => {
      [clean, cleanEveryMs] = [then, ms];
      return setInterval(then, ms);
    }) as typeof setInterval);
    const store = new PostgresStore(url);
    jest.restoreAllMocks();
    expect(cleanEveryMs).toBe(60_000);
    await here.write([], request, answer('first'));
    await sql('UPDATE requests SET expires_at = expires_at - $1 WHERE key = $2', [REQUESTS_KEPT_MS, request.key]);
    clean();
    await until(async () => (await keptMs()).length === 1);
    await store.close();
    // A failure now and then does no harm.
    await clean();
  });
});
