import type { Reservation, StockLevel } from '@oms/shared/contracts/inventory';
import type { Notification } from '@oms/shared/contracts/notification';
import type { Audit } from '@oms/shared/contracts/operations';
import type { Order } from '@oms/shared/contracts/order';
import type { Product } from '@oms/shared/contracts/product';
import type { ChaosChange } from '@oms/shared/contracts/service';
import { call, get, getList, type Page } from './api.ts';
import { joined, type Refunds, type Returns } from './given-back.ts';
import { loadParcels } from './parcels.ts';
import { authorization, isOperator } from './session.ts';

/** Nobody would look through a longer list. */
const MOST = 1_000;
export const MOST_MESSAGES = 100;
/** The ids that the services accept. */
export const ID = /^[A-Za-z0-9_.:-]{1,64}$/;

export const loadAudit = (signal?: AbortSignal): Promise<Audit> => get('/audit', signal);

export const loadProducts = (signal: AbortSignal): Promise<Page<Product>> => getList('/products', MOST, signal);

/** The stock of every product, with its name if the catalog has one. */
export async function loadStock(signal: AbortSignal) {
  const [stock, products] = await Promise.all([
    getList<StockLevel>('/inventory', MOST, signal),
    // Without the catalog, the stock is shown without names.
    loadProducts(signal).catch(() => ({ items: [] })),
  ]);
  const names = new Map(products.items.map(({ id, name }) => [id, name]));
  const levels = stock.items.map((level) => ({ ...level, name: names.get(level.productId) }));
  return { levels, isAll: stock.nextCursor === null };
}

export const loadStockOf = (productId: string): Promise<StockLevel> => get(`/inventory/${productId}`);

export const loadReservation = (orderId: string): Promise<Reservation> => get(`/inventory/reservations/${orderId}`);

export const addStock = (productId: string, quantity: number) =>
  call('PUT', `/inventory/${productId}`, { body: { quantity } });

export const addProduct = (product: { id: string; name: string; price: number; currency?: string }) =>
  call('POST', '/products', { body: product });

export async function loadMessages(status: string, orderId: string, signal: AbortSignal): Promise<Notification[]> {
  if (orderId && !ID.test(orderId)) return [];
  const query = new URLSearchParams({ limit: String(MOST_MESSAGES) });
  if (status) query.set('status', status);
  if (orderId) query.set('orderId', orderId);
  return (await get<Page<Notification>>(`/notifications?${query}`, signal)).items;
}

export const sendAgain = (messageId: string) => call('POST', `/notifications/${messageId}/retry`);

export const loadOrder = (id: string, signal?: AbortSignal): Promise<Order> =>
  get(`/orders/${encodeURIComponent(id)}`, signal);

/** An order with its parcels, and what was given back of it. */
export async function loadWholeOrder(id: string, signal: AbortSignal) {
  const order = await loadOrder(id, signal);
  const [parcels, givenBack] = await Promise.all([
    loadParcels(order, isOperator.value, signal),
    loadGivenBack(order, signal),
  ]);
  return { order, parcels, givenBack };
}

/** Empty if nothing was given back; undefined if that cannot be looked up now. */
async function loadGivenBack({ id, refunded, items }: Order, signal: AbortSignal) {
  const isAnyBack = items.some(({ returned = 0 }) => returned > 0);
  const list = async <Items>(what: string, isAny: boolean): Promise<Items | []> =>
    isAny ? (await get<{ items: Items }>(`/orders/${id}/${what}`, signal)).items : [];
  try {
    return joined(
      ...(await Promise.all([list<Refunds>('refunds', refunded > 0), list<Returns>('returns', isAnyBack)])),
    );
  } catch {
    return undefined;
  }
}

export async function loadLabel(trackingNumber: string): Promise<Blob | undefined> {
  const label = `shipments/labels/${trackingNumber}`;
  const answer = await fetch(label, { headers: authorization() }).catch(() => undefined);
  return answer?.ok ? answer.blob() : undefined;
}

export const isAnySagaRunning = async (): Promise<boolean> =>
  (await get<Page<unknown>>('/sagas?limit=1')).items.length > 0;

export const setChaos = (service: string, faults: ChaosChange) =>
  call('PUT', `/services/${service}/chaos`, { body: faults });

export const requestToken = async (userId: string, role: string): Promise<string> =>
  (await call<{ token: string }>('POST', '/auth/token', { body: { userId, roles: [role] } })).body.token;
