export interface Told {
  mark: 'ok' | 'bad' | 'warn' | 'busy' | 'plain';
  title: string;
  detail: string;
}

/** What the events of an order say, as far as it is shown. */
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
  shipment?: { status: string };
  failure?: { code: string; reason: string };
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
};
const UNDONE: Record<string, string> = {
  'reserve-stock': 'Stock given back',
  'authorize-payment': 'Payment given back',
  'book-shipment': 'Shipment cancelled',
};

/** In the words of somebody who looks over the runner's shoulder. */
export function told(type: string, data: Data): Told {
  const step = STEPS[data.step] ?? String(data.step);
  const tried = Number(data.attempts) > 1 ? `${data.attempts} attempts` : '';
  switch (type) {
    case 'order.placed':
      return { mark: 'ok', title: 'Order placed', detail: 'Written down: from here on it cannot be lost' };
    case 'order.status-changed':
      return statusChanged(data);
    case 'order.address-changed':
      return { mark: 'plain', title: 'Address changed', detail: '' };
    case 'order.parcel-moved':
      return {
        mark: data.attention ? 'bad' : 'plain',
        title: `Parcel: ${words(data.shipment?.status ?? '')}`,
        detail: data.attention ?? '',
      };
    case 'saga.started':
      return { mark: 'plain', title: 'Started', detail: data.reason ?? '' };
    case 'saga.resumed':
      return { mark: 'warn', title: 'Taken over', detail: 'Its runner was gone; another one goes on' };
    case 'saga.step-done':
      return { mark: 'ok', title: step, detail: tried };
    case 'saga.step-refused':
      return { mark: 'bad', title: `${step}: refused`, detail: `${data.code}: ${data.reason}` };
    case 'saga.step-unknown': {
      const doubt = data.mayHaveHappened ? 'it may have happened' : 'nothing got there';
      return {
        mark: 'warn',
        title: `${step}: no answer`,
        detail: [tried, data.reason, doubt].filter(Boolean).join('; '),
      };
    }
    case 'saga.step-retried':
      return {
        mark: 'warn',
        title: `${step}: attempt ${Number(data.attempt) + 1} follows`,
        detail: `${data.reason}; breaker ${String(data.breaker).toLowerCase().replace('_', '-')}`,
      };
    case 'saga.waiting':
      return {
        mark: 'busy',
        title: `${step}: waiting`,
        detail: `Round ${Number(data.round) + 1} follows; ${data.reason}`,
      };
    case 'saga.pivot-passed':
      return { mark: 'plain', title: 'Point of no return', detail: 'From here on only forward' };
    default:
      return undoing(type, data, step, tried);
  }
}

function undoing(type: string, data: Data, step: string, tried: string): Told {
  switch (type) {
    case 'saga.undoing':
      return { mark: 'warn', title: 'Decided to undo', detail: data.failure?.code ?? '' };
    case 'saga.step-undone':
      return { mark: 'ok', title: UNDONE[data.step] ?? `Undone: ${step}`, detail: tried };
    case 'saga.undo-failed':
      return { mark: 'bad', title: `${step}: undoing failed`, detail: [tried, data.reason].filter(Boolean).join('; ') };
    case 'saga.done':
      return { mark: 'ok', title: 'All done', detail: '' };
    case 'saga.undone':
      return { mark: 'plain', title: 'All undone', detail: '' };
    case 'saga.needs-attention':
      return { mark: 'bad', title: 'Needs an operator', detail: data.reason ?? '' };
    case 'saga.intervened':
      return { mark: 'plain', title: `An operator: ${data.action}`, detail: data.note ?? '' };
    default:
      return { mark: 'plain', title: type, detail: '' };
  }
}

function statusChanged({ newStatus, failure, reason }: Data): Told {
  const title = words(newStatus);
  const detail = failure ? `${failure.code}: ${failure.reason}` : (reason ?? '');
  const mark = newStatus === 'REJECTED' ? 'bad' : newStatus === 'CANCELLING' ? 'busy' : 'ok';
  return { mark, title, detail };
}

const words = (status: string): string => status.charAt(0) + status.slice(1).toLowerCase().replaceAll('_', ' ');
