import type { Audit, ChaosChange, Notification, NotificationStatus, Order, Role } from '@oms/client';
import { oms, PAGE, upTo } from './api.ts';
import { joined } from './given-back.ts';
import { loadParcels } from './parcels.ts';
import { isOperator } from './session.ts';

/** Nobody would look through a longer list. */
const MOST = 1_000;
export const MOST_MESSAGES = 100;
/** The ids that the services accept. */
export const ID = /^(?!\.+$)[A-Za-z0-9_.:-]{1,64}$/;

export const loadAudit = (signal?: AbortSignal): Promise<Audit> => oms().request('GET', '/audit', { signal });

export const loadProducts = (signal: AbortSignal) => upTo(MOST, oms().products.list({ limit: PAGE }, { signal }));

/** The stock of every product, with its name if the catalog has one. */
export async function loadStock(signal: AbortSignal) {
  const [stock, products] = await Promise.all([
    upTo(MOST, oms().inventory.list({ limit: PAGE }, { signal })),
    // Without the catalog, the stock is shown without names.
    loadProducts(signal).catch(() => ({ items: [] })),
  ]);
  const names = new Map(products.items.map(({ id, name }) => [id, name]));
  const levels = stock.items.map((level) => ({ ...level, name: names.get(level.productId) }));
  return { levels, isAll: stock.isAll };
}

export async function loadMessages(status: string, orderId: string, signal: AbortSignal): Promise<Notification[]> {
  if (orderId && !ID.test(orderId)) return [];
  const query = {
    limit: MOST_MESSAGES,
    status: (status || undefined) as NotificationStatus | undefined,
    orderId: orderId || undefined,
  };
  return (await oms().notifications.list(query, { signal }).page()).items;
}

/** An order with its parcels, and what was given back of it. */
export async function loadWholeOrder(id: string, signal: AbortSignal) {
  const order = await oms().orders.get(id, {}, { signal });
  const [parcels, givenBack] = await Promise.all([
    loadParcels(order, isOperator.value, signal),
    loadGivenBack(order, signal),
  ]);
  return { order, parcels, givenBack };
}

/** Empty if nothing was given back; undefined if that cannot be looked up now. */
async function loadGivenBack({ id, refunded, items }: Order, signal: AbortSignal) {
  const isAnyBack = items.some(({ returned = 0 }) => returned > 0);
  const nothing = { items: [] };
  try {
    const [refunds, returns] = await Promise.all([
      refunded > 0 ? oms().orders.refunds(id, { signal }) : nothing,
      isAnyBack ? oms().orders.returns(id, { signal }) : nothing,
    ]);
    return joined(refunds.items, returns.items);
  } catch {
    return undefined;
  }
}

export const isAnySagaRunning = async (): Promise<boolean> =>
  (await oms().request<{ items: unknown[] }>('GET', '/sagas', { query: { limit: 1 } })).items.length > 0;

export const setChaos = (service: string, faults: ChaosChange): Promise<unknown> =>
  oms().request('PUT', `/services/${service}/chaos`, { body: faults });

export const requestToken = async (userId: string, role: Role): Promise<string> =>
  (await oms().request<{ token: string }>('POST', '/auth/token', { body: { userId, roles: [role] } })).token;
