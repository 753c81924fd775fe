import { describe, expect, it } from '@jest/globals';
import type { ShipmentStatus } from '@oms/shared/contracts/shipping';
import { realWorld } from '@oms/shared/world';
import {
  advance,
  type Booking,
  book,
  cancel,
  DELIVERY_DAYS,
  deliver,
  FOLLOWS,
  heard,
  type Notice,
  type Shipment,
  trackingNumberOf,
  unheard,
} from './shipment.ts';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const booking: Booking = {
  orderId: 'O1',
  carrier: 'EXPRESS',
  shippingAddress: { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' },
  items: [{ productId: 'P1', quantity: 2 }],
};
const ORDER = { orderId: 'O1' };
const booked = () => book(undefined, booking, ID, 1_000);
const at = (status: ShipmentStatus): Shipment => ({ ...booked(), status });

const by = (who: 'order' | 'others', now: number) => ({ now, traceId: 'trace', byOrder: who === 'order' });

const INVALID = expect.objectContaining({ status: 409, code: 'INVALID_TRANSITION' });
const CLOSED = expect.objectContaining({ status: 409, code: 'SHIPMENT_CLOSED' });

describe('an order without a shipment', () => {
  it('gets one, with a tracking number and a history that begins with the booking', () => {
    expect(booked()).toEqual({
      kind: 'shipment',
      shipmentId: ID,
      ...booking,
      trackingNumber: trackingNumberOf(ID),
      status: 'LABEL_GENERATED',
      history: [{ status: 'LABEL_GENERATED', at: 1_000 }],
    });
  });

  it('never gets one after a cancellation', () => {
    const tombstone = cancel(undefined, ORDER, by('order', 1_000));
    expect(tombstone).toEqual({ kind: 'tombstone', orderId: 'O1', at: 1_000 });
    expect(() => book(tombstone, booking, ID, 2_000)).toThrow(CLOSED);
    expect(cancel(tombstone, ORDER, by('order', 2_000))).toBe(tombstone);
  });
});

describe('a shipment that is booked again', () => {
  it.each(Object.keys(FOLLOWS).filter((status) => status !== 'CANCELLED') as ShipmentStatus[])(
    'is the same when it is %s',
    (status) => {
      const known = at(status);
      expect(book(known, { ...booking, carrier: 'STANDARD' }, 'another', 2_000)).toBe(known);
    },
  );

  it('is refused when it was cancelled', () => {
    expect(() => book(at('CANCELLED'), booking, ID, 2_000)).toThrow(CLOSED);
  });
});

describe('the transitions', () => {
  const ALLOWED: Record<ShipmentStatus, ShipmentStatus[]> = {
    LABEL_GENERATED: ['IN_TRANSIT', 'CANCELLED'],
    IN_TRANSIT: ['OUT_FOR_DELIVERY', 'DELIVERED', 'EXCEPTION', 'RETURNED'],
    OUT_FOR_DELIVERY: ['DELIVERED', 'EXCEPTION', 'RETURNED'],
    EXCEPTION: ['IN_TRANSIT', 'RETURNED'],
    DELIVERED: [],
    RETURNED: [],
    CANCELLED: [],
  };
  const all = Object.keys(ALLOWED) as ShipmentStatus[];

  for (const from of all) {
    for (const to of all) {
      const step = () => advance(at(from), { status: to }, 2_000, 'trace');
      if (from === to) it(`${from} again changes nothing`, () => expect(step()).toEqual(at(from)));
      else if (ALLOWED[from].includes(to)) it(`${from} → ${to}`, () => expect(step().status).toBe(to));
      else it(`${from} → ${to} is refused`, () => expect(step).toThrow(INVALID));
    }
  }
});

describe('a report of the carrier', () => {
  it('is added to the history, with place and notes', () => {
    const report = { status: 'IN_TRANSIT', location: 'Hub North', notes: 'late' } as const;
    expect(advance(booked(), report, 2_000, 'trace').history).toEqual([
      { status: 'LABEL_GENERATED', at: 1_000 },
      { ...report, at: 2_000 },
    ]);
  });

  it.each(['DELIVERED', 'EXCEPTION', 'RETURNED', 'OUT_FOR_DELIVERY'] as const)(
    'that it is %s has to be told to the order at once',
    (status) => {
      const moved = advance(at('IN_TRANSIT'), { status }, 2_000, 'trace');
      expect(moved.notice).toEqual({ attempts: 0, dueAt: 2_000, traceId: 'trace' });
    },
  );

  it('replaces a notice that is not settled yet', () => {
    const left = advance(booked(), { status: 'IN_TRANSIT' }, 2_000, 'trace');
    const waiting = unheard(left, left.notice as Notice, 2_000);
    const { notice } = advance(waiting, { status: 'DELIVERED' }, 2_500, 'other');
    expect(notice).toEqual({ attempts: 0, dueAt: 2_500, traceId: 'other' });
  });
});

describe('a shipment that is reported as delivered', () => {
  const went = (from: ShipmentStatus) =>
    deliver(at(from), ORDER, 2_000, 'trace')
      .history.slice(1)
      .map(({ status }) => status);

  it.each<[ShipmentStatus, ShipmentStatus[]]>([
    ['LABEL_GENERATED', ['IN_TRANSIT', 'DELIVERED']],
    ['IN_TRANSIT', ['DELIVERED']],
    ['OUT_FOR_DELIVERY', ['DELIVERED']],
    ['EXCEPTION', ['IN_TRANSIT', 'DELIVERED']],
  ])('goes from %s through the allowed transitions', (from, ways) => {
    expect(went(from)).toEqual(ways);
    for (const [i, to] of ways.entries())
      expect(FOLLOWS[i === 0 ? from : (ways[i - 1] as ShipmentStatus)]).toContain(to);
  });

  it('stays the same when reported again', () => {
    const delivered = deliver(booked(), ORDER, 2_000, 'trace');
    expect(deliver(delivered, ORDER, 3_000, 'trace')).toBe(delivered);
    expect(delivered.notice).toEqual({ attempts: 0, dueAt: 2_000, traceId: 'trace' });
  });

  it.each(['RETURNED', 'CANCELLED'] as const)('is refused when it is %s', (status) => {
    expect(() => went(status)).toThrow(`The shipment of order O1 is ${status} and cannot become DELIVERED.`);
  });

  it('is 404 before the booking, and after a cancellation before it', () => {
    for (const known of [undefined, cancel(undefined, ORDER, by('order', 1_000))])
      expect(() => deliver(known, ORDER, 2_000, 'trace')).toThrow(
        expect.objectContaining({ status: 404, code: 'SHIPMENT_NOT_FOUND' }),
      );
  });
});

describe('a shipment that is cancelled', () => {
  it('is CANCELLED if it has not left, and stays so', () => {
    const cancelled = cancel(booked(), ORDER, by('order', 2_000)) as Shipment;
    expect(cancelled.status).toBe('CANCELLED');
    expect(cancelled.history.at(-1)).toEqual({ status: 'CANCELLED', at: 2_000 });
    expect(cancel(cancelled, ORDER, by('order', 3_000))).toBe(cancelled);
  });

  it('has no notice when the order service cancelled it, but has one otherwise', () => {
    expect((cancel(booked(), ORDER, by('order', 2_000)) as Shipment).notice).toBeUndefined();
    for (const cancelled of [
      cancel(booked(), ORDER, by('others', 2_000)) as Shipment,
      advance(booked(), { status: 'CANCELLED' }, 2_000, 'trace'),
    ])
      expect(cancelled.notice).toEqual({ attempts: 0, dueAt: 2_000, traceId: 'trace' });
  });

  it.each(['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'EXCEPTION', 'DELIVERED', 'RETURNED'] as const)(
    'is refused when it is %s',
    (status) => {
      expect(() => cancel(at(status), ORDER, by('order', 2_000))).toThrow(INVALID);
    },
  );
});

describe('the notice of a shipment', () => {
  const delivered = advance(at('IN_TRANSIT'), { status: 'DELIVERED' }, 2_000, 'trace');

  it('is sent again with backoff, after pauses that double from one second to a minute', () => {
    let shipment = delivered;
    const pauses: number[] = [];
    for (let now = 0; pauses.length < 9; now = shipment.notice?.dueAt ?? 0) {
      shipment = unheard(shipment, shipment.notice as Notice, now);
      pauses.push((shipment.notice?.dueAt ?? 0) - now);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
    expect(shipment.notice).toMatchObject({ attempts: 9, traceId: 'trace' });
  });

  it('is gone once the order service has answered', () => {
    const { notice: _, ...rest } = delivered;
    expect(heard(delivered)).toEqual(rest);
  });
});

describe('a tracking number', () => {
  const numbersAt = (timeOf: (i: number) => number) =>
    Array.from({ length: 10_000 }, (_, i) => trackingNumberOf(realWorld.newId(timeOf(i))));

  it('is TRK and sixteen capital letters and digits', () => {
    const odd = numbersAt((i) => i * 1_000_003).filter((number) => !/^TRK[0-9A-Z]{16}$/.test(number));
    expect(odd).toEqual([]);
  });

  it('is unique, for shipments of the same millisecond too', () => {
    expect(new Set(numbersAt(() => 1_767_225_600_000)).size).toBe(10_000);
  });
});

describe('the time a carrier needs', () => {
  it('is five days, two, or one', () => {
    expect(DELIVERY_DAYS).toEqual({ STANDARD: 5, EXPRESS: 2, OVERNIGHT: 1 });
  });
});
