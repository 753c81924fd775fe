import { Client, OmsError } from '@oms/client';
import { computed } from '@preact/signals';
import { signOut, token } from './session.ts';

/** A browser sends few requests at once: while many orders are placed, others wait in it before they are sent. */
const TIMEOUT_MS = 120_000;

const client = computed(
  () => new Client({ baseUrl: '.', token: token.value ?? undefined, timeoutMs: TIMEOUT_MS, fetch: observed }),
);

/** The API, with the token of the user. */
export const oms = (): Client => client.peek();

/** Whose token is refused has to sign in. */
const observed: typeof fetch = async (...request) => {
  const answer = await fetch(...request);
  if (answer.status === 401) signOut();
  return answer;
};

/** Does the work and returns the problem that ended it, if there was one. Any other error is a defect, and thrown. */
export async function problemOf(work: () => Promise<unknown>): Promise<OmsError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof OmsError) return error;
    throw error;
  }
}

/** What is wrong, for the user. */
export const detailOf = ({ status, detail }: OmsError): string =>
  status === 0 ? 'The gateway does not answer. Is it running?' : detail;

export const PAGE = 200;

/** Reads a list to its end, or until it has `most` items. */
export async function upTo<T>(most: number, list: AsyncIterable<T>): Promise<{ items: T[]; isAll: boolean }> {
  const items: T[] = [];
  for await (const item of list) {
    if (items.length === most) return { items, isAll: false };
    items.push(item);
  }
  return { items, isAll: true };
}

/** crypto.randomUUID is missing on pages that came over plain HTTP. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('');
}
