import type { DeliveryStatus } from '@oms/shared/contracts/webhook';
import type { Doc, Page, Store } from '@oms/shared/store/store';
import type { Delivery } from '../domain/delivery-log.ts';
import type { Failed } from '../domain/waiting.ts';
import { logs, progresses } from './documents.ts';

export type Shown = (Delivery & { status: 'DELIVERED' }) | (Failed & { status: 'FAILING' });

/** All that are known of a webhook, newest first; the newest of those that were made more than once. */
async function deliveriesOf(store: Pick<Store<unknown>, 'read' | 'list'>, webhookId: string): Promise<Shown[]> {
  const [progress, { items }] = await Promise.all([
    progresses.read(store, webhookId),
    logs.list(store, { from: `${webhookId}/`, to: `${webhookId}/\uffff`, limit: 200 }),
  ]);
  const failing = (progress?.waiting ?? []).flatMap(({ failed }) => failed ?? []);
  const all: Shown[] = [
    ...items.flatMap(({ data }) => data.deliveries).map((one) => ({ ...one, status: 'DELIVERED' as const })),
    ...failing.map((one) => ({ ...one, status: 'FAILING' as const })),
  ];
  all.sort((a, b) => b.at - a.at || Number(b.id) - Number(a.id));
  return [...new Map(all.reverse().map((one) => [one.id, one])).values()].reverse();
}

export const deliveryOf = async (store: Store<unknown>, webhookId: string, id: string): Promise<Shown | undefined> =>
  (await deliveriesOf(store, webhookId)).find((one) => one.id === id);

interface Asked {
  status?: DeliveryStatus | undefined;
  limit: number;
  after?: string | undefined;
}

/** Begins behind the place of a delivery, which may be gone, or newer, by now. */
export async function pageOfDeliveries(
  store: Store<unknown>,
  webhookId: string,
  { status, limit, after }: Asked,
): Promise<Page<Shown>> {
  const [at = Number.POSITIVE_INFINITY, id = 0] = after?.split('-').map(Number) ?? [];
  const isBehind = (one: Shown) => one.at < at || (one.at === at && Number(one.id) < id);
  const all = await deliveriesOf(store, webhookId);
  const rest = all.filter((one) => (status === undefined || one.status === status) && isBehind(one));
  return firstOf(rest, limit, (one) => `${one.at}-${one.id}`);
}

/** The first page of what is left. */
export function firstOf<T extends { id: string }>(
  rest: readonly T[],
  limit: number,
  placeOf: (last: T) => string,
): Page<T> {
  const items = rest.slice(0, limit).map((data): Doc<T> => ({ id: data.id, version: 0, data }));
  const last = items.at(-1);
  return { items, next: last && rest.length > limit ? placeOf(last.data) : null };
}
