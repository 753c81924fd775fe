import type { Order } from '@oms/client';
import type { Chapter } from '../data/timeline.ts';
import type { Action, Field } from './action.ts';
import type { Request } from './curl.ts';
import { cancel, cancelRest, fulfil, refund, takeBack } from './part-actions.ts';

type ParcelState = Pick<Order['shipments'][number], 'id' | 'status' | 'parcel'>;

const NOTE: Field = { name: 'note', label: 'Note (if there is one)' };

/** The carrier's next scan of a shipment. */
const NEXT_SCAN: Record<string, [status: string, label: string]> = {
  LABEL_GENERATED: ['IN_TRANSIT', 'Hand to the carrier'],
  IN_TRANSIT: ['OUT_FOR_DELIVERY', 'Out for delivery'],
  OUT_FOR_DELIVERY: ['DELIVERED', 'Deliver'],
  EXCEPTION: ['IN_TRANSIT', 'Back on its way'],
};

/** What the order's status and the user's role allow. The services decide; the page only hides what they would refuse. */
export function actionsFor(
  order: Order,
  chapters: readonly Chapter[],
  parcels: readonly ParcelState[],
  isOperator: boolean,
): Action[] {
  const path = `/orders/${order.id}`;
  const { status } = order;
  const running = chapters.at(-1)?.outcome === 'running' ? chapters.at(-1) : undefined;
  const isFree = running === undefined;
  const isOf = (...statuses: Order['status'][]) => isFree && statuses.includes(status);
  const actions: (Action | false)[] = [
    isOf('AWAITING_CONFIRMATION') && simple('confirm', 'Confirm', path, 'primary'),
    isOperator && isOf('CONFIRMED') && simple('process', 'Process', path),
    isOperator && isOf('CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'PARTIALLY_RETURNED') && fulfil(order, path),
    ...(isOperator && isOf('PARTIALLY_SHIPPED', 'SHIPPED', 'PARTIALLY_RETURNED') ? parcels.map(scan) : []),
    isOf(...SENT) && takeBack(order, path, isOperator),
    isOperator && isOf(...SENT) && refund(order, path),
    isOf('PARTIALLY_SHIPPED', 'PARTIALLY_RETURNED') && cancelRest(order, path),
    mayBeCancelled(order, running) && cancel(order, path, isFree && status !== 'PENDING'),
    ...(isOperator && running ? interventions(order.id, running) : []),
  ];
  return actions.filter((action) => action !== false);
}

const SENT = ['PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'PARTIALLY_RETURNED'] as const;

function mayBeCancelled({ status }: Order, running: Chapter | undefined): boolean {
  if (running && (running.isUndoing || running.pivotPassed)) return false;
  return ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'].includes(status);
}

const simple = (name: string, label: string, path: string, tone?: 'primary'): Action => ({
  ...{ name, label, fields: [], request: () => ({ method: 'POST', path: `${path}/${name}` }) },
  ...(tone ? { tone } : {}),
});

function scan({ id, status, parcel }: ParcelState, _i: number, parcels: readonly ParcelState[]): Action | false {
  const next = NEXT_SCAN[status];
  if (!next) return false;
  const [to, label] = next;
  const request = (): Request => ({ method: 'PUT', path: `/shipments/${id}/status`, body: { status: to } });
  const which = parcels.length > 1 && parcel !== undefined ? `Parcel ${parcel}: ` : '';
  return {
    name: `scan ${id}`,
    label: which ? which + label.toLowerCase() : label,
    tone: 'primary',
    fields: [],
    request,
  };
}

/** For operators, while a saga runs. */
function interventions(orderId: string, { saga, isUndoing, pivotPassed }: Chapter): Action[] {
  const intervene = (name: string, label: string, field: Field): Action => ({
    ...{ name, label, fields: [field] },
    request({ note }) {
      return { method: 'POST', path: `/sagas/${orderId}/${name}`, body: note ? { note } : {} };
    },
  });
  const canBeUndone = !isUndoing && !pivotPassed && (saga === 'place-order' || saga === 'fulfil-order');
  return [
    intervene('retry', 'Retry now', NOTE),
    ...(canBeUndone ? [intervene('compensate', 'Compensate', NOTE)] : []),
    intervene('resolve', 'Resolve by hand', { ...NOTE, label: 'What was done by hand', isRequired: true }),
  ];
}
