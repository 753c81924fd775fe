import type { Order } from '@oms/shared/contracts/order';
import type { Chapter } from '../data/timeline.ts';
import type { Request } from './curl.ts';

export interface Field {
  name: string;
  label: string;
  options?: readonly string[];
  isRequired?: boolean;
  initial?: string;
}

/** Something that the user can do with the order now. */
export interface Action {
  name: string;
  label: string;
  tone?: 'primary' | 'danger';
  /** What the user is asked first. */
  fields: readonly Field[];
  request(values: Record<string, string>): Request;
}

export type ShipmentState = { id: string; status: string } | undefined;

const REASON: Field = { name: 'reason', label: 'Reason (if there is one)' };
const NOTE: Field = { name: 'note', label: 'Note (if there is one)' };
const ADDRESS: readonly Field[] = [
  { name: 'street', label: 'Street', isRequired: true, initial: '12 Main St' },
  { name: 'city', label: 'City', isRequired: true, initial: 'Springfield' },
  { name: 'zip', label: 'Zip', isRequired: true, initial: '12345' },
  { name: 'country', label: 'Country (two letters)', isRequired: true, initial: 'US' },
];
const CARRIER: Field = { name: 'carrier', label: 'Carrier', options: ['STANDARD', 'EXPRESS', 'OVERNIGHT'] };

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
  shipment: ShipmentState,
  isOperator: boolean,
): Action[] {
  const path = `/orders/${order.id}`;
  const running = chapters.at(-1)?.outcome === 'running' ? chapters.at(-1) : undefined;
  const isFree = running === undefined;
  const actions: (Action | false)[] = [
    order.status === 'AWAITING_CONFIRMATION' && isFree && simple('confirm', 'Confirm', path, 'primary'),
    isOperator && order.status === 'CONFIRMED' && isFree && simple('process', 'Process', path),
    isOperator && ['CONFIRMED', 'PROCESSING'].includes(order.status) && isFree && fulfil(order, path),
    isOperator && order.status === 'SHIPPED' && isFree && shipment !== undefined && scan(shipment),
    mayBeReturned(order) && isFree && withReason('return', 'Return', path),
    mayBeCancelled(order, running) && withReason('cancel', 'Cancel', path, 'danger'),
    ...(isOperator && running ? interventions(order.id, running) : []),
  ];
  return actions.filter((action) => action !== false);
}

/** When it has arrived, or its parcel never will. */
const mayBeReturned = ({ status, shipment }: Order): boolean =>
  status === 'DELIVERED' || (status === 'SHIPPED' && ['RETURNED', 'CANCELLED'].includes(shipment?.status ?? ''));

function mayBeCancelled({ status }: Order, running: Chapter | undefined): boolean {
  if (running && (running.isUndoing || running.pivotPassed)) return false;
  return ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'].includes(status);
}

const simple = (name: string, label: string, path: string, tone?: 'primary'): Action => ({
  ...{ name, label, fields: [], request: () => ({ method: 'POST', path: `${path}/${name}` }) },
  ...(tone ? { tone } : {}),
});

const withReason = (name: string, label: string, path: string, tone?: 'danger'): Action => ({
  ...{ name, label, fields: [REASON] },
  ...(tone ? { tone } : {}),
  request: ({ reason }) => ({ method: 'POST', path: `${path}/${name}`, body: reason ? { reason } : {} }),
});

const fulfil = ({ shippingAddress }: Order, path: string): Action => ({
  name: 'fulfill',
  label: 'Fulfil',
  tone: 'primary',
  fields: shippingAddress ? [CARRIER] : [CARRIER, ...ADDRESS],
  request({ carrier, ...address }) {
    const body = shippingAddress ? { carrier } : { carrier, shippingAddress: address };
    return { method: 'POST', path: `${path}/fulfill`, body };
  },
});

function scan({ id, status }: NonNullable<ShipmentState>): Action | false {
  const next = NEXT_SCAN[status];
  if (!next) return false;
  const [to, label] = next;
  const request = (): Request => ({ method: 'PUT', path: `/shipments/${id}/status`, body: { status: to } });
  return { name: 'scan', label, tone: 'primary', fields: [], request };
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
