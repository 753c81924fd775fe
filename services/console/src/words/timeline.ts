import { money } from './format.ts';
import { statusText, type Tone } from './status.ts';

/** What the timeline says about one event. */
export interface EntryText {
  mark: Tone;
  title: string;
  detail: string;
}

/** The data of the events of an order, as far as the timeline shows it. */
export interface Data {
  saga: string;
  step: string;
  ms?: number;
  attempts?: number;
  attempt: number;
  waitMs: number;
  until: number;
  round: number;
  reason?: string;
  note?: string;
  code: string;
  action: string;
  breaker: string;
  mayHaveHappened: boolean;
  newStatus: string;
  attention?: string;
  shipment?: { id: string; status: string };
  /** The part of the order that a saga works on. */
  part?: Part;
  number?: number;
  items?: { productId: string; quantity: number }[];
  amount?: number;
  currency: string;
  failure?: { code: string; reason: string };
}

interface Part {
  kind: 'parcel' | 'cancellation' | 'return' | 'refund';
  number: number;
}

const SAGAS: Record<string, string> = {
  'place-order': 'Placing the order',
  'fulfil-order': 'Fulfilling it',
  'cancel-order': 'Cancelling it',
  'return-order': 'Taking it back',
};
const PARTS: Record<Part['kind'], string> = {
  parcel: 'Sending parcel',
  cancellation: 'Cancelling some of it',
  return: 'Taking some of it back',
  refund: 'Giving money back',
};

export function sagaTitle(saga: string, part: Part | undefined): string {
  if (!part) return SAGAS[saga] ?? saga;
  return part.kind === 'parcel' ? `${PARTS.parcel} ${part.number}` : PARTS[part.kind];
}

const STEPS: Record<string, string> = {
  'reserve-stock': 'Reserve the stock',
  'authorize-payment': 'Authorize the payment',
  'book-shipment': 'Book the shipment',
  'capture-payment': 'Capture the payment',
  'commit-stock': 'Hand over the stock',
  'cancel-shipment': 'Cancel the shipment',
  'give-back-payment': 'Give the money back',
  'release-stock': 'Release the stock',
  'refund-payment': 'Refund the payment',
  restock: 'Put the goods back',
  'refund-money': 'Give the money back',
};
const UNDONE: Record<string, string> = {
  'reserve-stock': 'Stock given back',
  'authorize-payment': 'Payment given back',
  'book-shipment': 'Shipment cancelled',
};

const joined = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join('; ');

export function entryText(type: string, data: Data): EntryText {
  const [mark, title, detail = ''] = wordsOf(type, data);
  return { mark, title, detail };
}

function wordsOf(type: string, data: Data): [mark: Tone, title: string, detail?: string | undefined] {
  const { step: name, attempts, reason, attention, failure } = data;
  const step = STEPS[name] ?? String(name);
  const parcel = data.number === undefined ? 'Parcel' : `Parcel ${data.number}`;
  const tries = Number(attempts) > 1 ? `${attempts} attempts` : '';
  switch (type) {
    case 'order.placed':
      return ['ok', 'Order placed', 'Written down: from here on it cannot be lost'];
    case 'order.status-changed':
      return statusChanged(data);
    case 'order.address-changed':
      return ['plain', 'Address changed'];
    case 'order.parcel-moved':
      return [attention ? 'bad' : 'plain', `${parcel}: ${statusText(data.shipment?.status ?? '')}`, attention];
    case 'order.parcel-shipped':
      return ['ok', `${parcel} sent`, partDetail(data, 'captured')];
    case 'order.lines-cancelled':
      return ['ok', 'Items cancelled', partDetail(data, 'given back')];
    case 'order.lines-returned':
      return ['ok', 'Items taken back', partDetail(data, 'given back')];
    case 'order.refunded':
      return ['ok', 'Money given back', partDetail(data, 'given back')];
    case 'saga.started':
      return ['plain', 'Started', reason];
    case 'saga.resumed':
      return ['warn', 'Taken over', 'Its runner was gone; another one goes on'];
    case 'saga.step-done':
      return ['ok', step, tries];
    case 'saga.step-refused':
      return ['bad', `${step}: refused`, `${data.code}: ${reason}`];
    case 'saga.step-unknown': {
      const doubt = data.mayHaveHappened ? 'it may have happened' : 'nothing got there';
      return ['warn', `${step}: no answer`, joined(tries, reason, doubt)];
    }
    case 'saga.step-retried': {
      const breaker = String(data.breaker).toLowerCase().replace('_', '-');
      return ['warn', `${step}: attempt ${Number(data.attempt) + 1} follows`, `${reason}; breaker ${breaker}`];
    }
    case 'saga.waiting':
      return ['busy', `${step}: waiting`, `Round ${Number(data.round) + 1} follows; ${reason}`];
    case 'saga.pivot-passed':
      return ['plain', 'Point of no return', 'From here on only forward'];
    case 'saga.undoing':
      return ['warn', 'Decided to undo', failure?.code];
    case 'saga.step-undone':
      return ['ok', UNDONE[name] ?? `Undone: ${step}`, tries];
    case 'saga.undo-failed':
      return ['bad', `${step}: undoing failed`, joined(tries, reason)];
    case 'saga.done':
      return ['ok', 'All done'];
    case 'saga.undone':
      return ['plain', 'All undone'];
    case 'saga.needs-attention':
      return ['bad', 'Needs an operator', reason];
    case 'saga.intervened':
      return ['plain', `An operator: ${data.action}`, data.note];
    default:
      return ['plain', type];
  }
}

function statusChanged({ newStatus, failure, reason }: Data): [Tone, string, string | undefined] {
  const mark = newStatus === 'REJECTED' ? 'bad' : newStatus === 'CANCELLING' ? 'busy' : 'ok';
  return [mark, statusText(newStatus), failure ? `${failure.code}: ${failure.reason}` : reason];
}

/** Why it was done, its saga says at its start. */
function partDetail({ items = [], amount, currency }: Data, moved: string): string {
  const pieces = items.map(({ productId, quantity }) => `${quantity} × ${productId}`).join(', ');
  return joined(pieces, amount ? `${money(amount, currency)} ${moved}` : '');
}
