import { describe, expect, it } from '@jest/globals';
import { Carrier, ShipmentStatus } from '@oms/shared/contracts/shipping';
import { Refusal } from '@oms/shared/errors';
import fc from 'fast-check';
import {
  advance,
  book,
  cancel,
  FOLLOWS,
  heard,
  type Notice,
  type Shipment,
  type ShippingDoc,
  trackingNumberOf,
  unheard,
} from './shipment.ts';

type Request =
  | { kind: 'book'; carrier: Carrier }
  | { kind: 'cancel' | 'heard' | 'unheard' }
  | { kind: 'advance'; status: ShipmentStatus };

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ kind: fc.constant('book' as const), carrier: fc.constantFrom(...Carrier.options) }),
  fc.record({ kind: fc.constantFrom('cancel' as const, 'heard' as const, 'unheard' as const) }),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), status: fc.constantFrom(...ShipmentStatus.options) }),
  },
);
const requests = fc.array(request, { maxLength: 30, size: 'max' });
const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

function after(known: ShippingDoc | undefined, one: Request, now: number): ShippingDoc | undefined {
  if (one.kind === 'book') {
    const { carrier } = one;
    return book(known, { orderId: 'O', carrier, shippingAddress: ADDRESS, items: [] }, `00000000-${now}`, now);
  }
  if (one.kind === 'cancel') return cancel(known, { orderId: 'O' }, { now, traceId: 'trace', byOrder: true });
  if (known?.kind !== 'shipment') return known;
  if (one.kind === 'advance') return advance(known, { status: one.status }, now, 'trace');
  if (!known.notice) return known;
  return one.kind === 'heard' ? heard(known) : unheard(known, known.notice, now);
}

/** All states of a shipment; a refused request does not change it. */
function* life(all: readonly Request[]): Iterable<{ before: ShippingDoc | undefined; doc: ShippingDoc; one: Request }> {
  let before: ShippingDoc | undefined;
  for (const [now, one] of all.entries()) {
    let doc = before;
    try {
      doc = after(before, one, now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    if (doc) yield { before, doc, one };
    before = doc && Object.freeze(doc);
  }
}

const always = (check: (doc: ShippingDoc, before: ShippingDoc | undefined, one: Request) => void) =>
  fc.assert(
    fc.property(requests, (all) => {
      for (const { doc, before, one } of life(all)) check(doc, before, one);
    }),
    { numRuns: 500 },
  );

describe('a shipment, whatever is reported and requested', () => {
  it('makes only allowed transitions, and its history has each of them', () => {
    always((doc) => {
      if (doc.kind !== 'shipment') return;
      const { history, status } = doc;
      expect(history[0]?.status).toBe('LABEL_GENERATED');
      expect(history.at(-1)?.status).toBe(status);
      for (const [i, { status: next }] of history.slice(1).entries()) {
        expect(FOLLOWS[(history[i] as Shipment['history'][number]).status]).toContain(next);
      }
    });
  });

  it('is one per order: booked once, or never', () => {
    always((doc, before) => {
      if (before?.kind === 'tombstone') expect(doc).toBe(before);
      if (before?.kind !== 'shipment') return;
      const { shipmentId, trackingNumber, carrier } = before;
      expect(doc).toMatchObject({ kind: 'shipment', shipmentId, trackingNumber, carrier });
    });
  });

  it('is shipped or cancelled, never both', () => {
    always((doc) => {
      if (doc.kind !== 'shipment') return;
      const seen = doc.history.map(({ status }) => status);
      expect(seen.includes('CANCELLED') && seen.includes('IN_TRANSIT')).toBe(false);
    });
  });

  it('that moves has a notice until that is settled, and not again', () => {
    always((doc, before, one) => {
      if (doc.kind !== 'shipment') return;
      const moves = one.kind === 'advance' && before?.kind === 'shipment' && before.status !== doc.status;
      const wasNews = before?.kind === 'shipment' && before.notice !== undefined && one.kind !== 'heard';
      expect(doc.notice !== undefined).toBe(moves || wasNews);
    });
  });

  it('whose notice fails is reported again after pauses that grow up to a minute', () => {
    const { notice, ...shipment } = delivered();
    let told = notice as Notice;
    for (let attempt = 1, last = 0; attempt <= 20; attempt++) {
      const { notice: next } = unheard(shipment, told, 0);
      expect(next?.attempts).toBe(attempt);
      expect(next?.dueAt).toBe(Math.min(Math.max(2 * last, 1_000), 60_000));
      last = (next as Notice).dueAt;
      told = next as Notice;
    }
  });
});

describe('a tracking number', () => {
  const id = fc.uuid({ version: 7 });

  it('fits into a barcode', () => {
    fc.assert(fc.property(id, (one) => expect(trackingNumberOf(one)).toMatch(/^TRK[0-9A-Z]{16}$/)));
  });

  it('differs for different ids of the same moment', () => {
    const random = fc.tuple(id, id).map(([one, other]) => [one, one.slice(0, 15) + other.slice(15)] as const);
    fc.assert(
      fc.property(random, ([one, other]) => {
        expect(trackingNumberOf(one) === trackingNumberOf(other)).toBe(one === other);
      }),
    );
  });
});

function delivered(): Shipment {
  const steps: Request[] = [{ kind: 'book', carrier: 'STANDARD' }, ...arriving];
  return [...life(steps)].at(-1)?.doc as Shipment;
}
const arriving: Request[] = (['IN_TRANSIT', 'DELIVERED'] as const).map((status) => ({ kind: 'advance', status }));
