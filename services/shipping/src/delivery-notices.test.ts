import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ShipmentStatus } from '@oms/shared/contracts/shipping';
import type { ServiceParts } from '@oms/shared/service/parts';
import { createParts } from '@oms/shared/service/service';
import { decide } from '@oms/shared/store/aggregate';
import { traceFrom, withTrace } from '@oms/shared/telemetry/trace';
import { clientFor, held, inTurn, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { readConfig } from './config.ts';
import { startDeliveryNotices } from './delivery-notices.ts';
import { shipments } from './documents.ts';
import { advance, book, type Shipment, type ShippingDoc } from './domain/shipment.ts';

const TRACE = 'a'.repeat(32);
const config = readConfig({ LOG_LEVEL: 'silent' });

let parts: ServiceParts<ShippingDoc>;
let clock: number;
let orderService: Target;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  clock = 1_000_000;
  parts = await createParts<ShippingDoc>('shipping', config);
  parts.world = { ...parts.world, now: () => clock };
  orderService = await startTarget();
  closing = [orderService.close];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

function startNotices(pollMs = 5) {
  const { client, close } = clientFor(orderService.url, { resetMs: 5 });
  const notices = startDeliveryNotices({ ...parts, orders: client, pollMs });
  closing.push(close, notices.stop);
  return notices;
}

/** Stores a shipment and its moves as the app does, with the notice in the same write. */
const deliver = (orderId: string) => moved(orderId, 'IN_TRANSIT', 'DELIVERED');
const leave = (orderId: string) => moved(orderId, 'IN_TRANSIT');

async function moved(orderId: string, ...statuses: ShipmentStatus[]): Promise<Shipment> {
  const shippingAddress = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
  const booking = { orderId, carrier: 'STANDARD', shippingAddress, items: [] } as const;
  const booked = book(undefined, booking, parts.world.newId(clock), clock);
  const shipment = statuses.reduce((known, status) => advance(known, { status }, clock, TRACE), booked);
  const report = traceFrom({ traceId: TRACE, spanId: 'b'.repeat(16) }, parts.world.random);
  await withTrace(report, () =>
    decide(parts, [shipments.id(orderId)], { traceId: TRACE }, () => ({
      put: [shipments.put(shipment)],
      events: [{ type: 'shipment.status-changed', data: {} }],
    })),
  );
  return shipment;
}

const noticeOf = async (orderId: string) => {
  const known = await shipments.read(parts.store, orderId);
  return (known as Shipment | undefined)?.notice;
};
const stillDue = () => parts.store.due(Number.MAX_SAFE_INTEGER, 100);

const attempted = (orderId: string, times: number) => until(async () => (await noticeOf(orderId))?.attempts === times);
const allHeard = () => until(async () => (await stillDue()).length === 0);

/** Lets time pass until waiting notices are sent. */
const allHeardInTime = () =>
  until(async () => {
    clock += 100;
    return (await stillDue()).length === 0;
  });

describe('a delivery', () => {
  it("is reported to the order service at once, with a key and in the trace of the carrier's report", async () => {
    startNotices(60_000);
    const { shipmentId } = await deliver('O1');
    await allHeard();
    expect(orderService.requests).toMatchObject([
      {
        method: 'PUT',
        path: '/orders/O1/shipment',
        body: JSON.stringify({ shipmentId, status: 'DELIVERED', sequence: 3 }),
        headers: {
          'idempotency-key': `${shipmentId}:3`,
          traceparent: expect.stringMatching(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`)),
        },
      },
    ]);
    expect(await noticeOf('O1')).toBeUndefined();
  });

  it('is found by its tags while its notice changes, which is no event', async () => {
    startNotices();
    const { shipmentId, trackingNumber } = await deliver('O1');
    await allHeard();
    const wheres: Record<string, string>[] = [{ shipmentId }, { trackingNumber }, { status: 'DELIVERED' }];
    for (const where of wheres) {
      expect((await parts.store.list({ where, limit: 10 })).items).toHaveLength(1);
    }
    expect(await parts.store.events({ limit: 10 })).toHaveLength(1);
  });

  it('is reported again and again while the order service is down, until it answers, and then no more', async () => {
    const answered: number[] = [];
    let status = 503;
    orderService.answer = (_req, res) => {
      answered.push(status);
      json(res, status, {});
    };
    startNotices();
    const { shipmentId } = await deliver('O1');
    await attempted('O1', 1);
    clock += 1_000;
    await attempted('O1', 2);
    status = 200;
    await allHeardInTime();
    clock += 600_000;
    await deliver('O2');
    await allHeard();
    const [down, up] = [answered.filter((one) => one === 503), answered.filter((one) => one === 200)];
    expect(answered).toEqual([...down, ...up]);
    expect(down.length).toBeGreaterThanOrEqual(4);
    expect(up).toHaveLength(2);
    const keys = orderService.requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys.slice(0, -1))).toEqual(new Set([`${shipmentId}:3`]));
  });

  it('is reported when the order service first starts', async () => {
    const port = Number(new URL(orderService.url).port);
    await orderService.close();
    startNotices();
    await deliver('O1');
    await attempted('O1', 1);
    orderService = await startTarget(port);
    closing.push(orderService.close);
    await allHeardInTime();
    expect(orderService.requests).toHaveLength(1);
  });

  it('is reported again only after its pause', async () => {
    orderService.answer = inTurn(503);
    startNotices();
    await deliver('O1');
    await attempted('O1', 1);
    expect(await noticeOf('O1')).toMatchObject({ dueAt: clock + 1_000 });
    orderService.answer = inTurn(200);
    const before = orderService.requests.length;
    clock += 999;
    await deliver('O2');
    await until(async () => (await noticeOf('O2')) === undefined);
    expect(orderService.requests.slice(before).map(({ path }) => path)).toEqual(['/orders/O2/shipment']);
    clock += 1;
    await allHeard();
    expect(orderService.requests.at(-1)?.path).toBe('/orders/O1/shipment');
  });

  it.each([400, 404, 409, 422])(
    'is not reported again after the order service has refused it with %i',
    async (status) => {
      orderService.answer = (_req, res) => json(res, status, { code: 'REFUSED', detail: 'no' });
      startNotices();
      await deliver('O1');
      await allHeard();
      expect(orderService.requests).toHaveLength(1);
    },
  );

  it('is reported again while the order service is an older one, without this route', async () => {
    orderService.answer = (_req, res) => json(res, 404, { code: 'ROUTE_NOT_FOUND', detail: 'no' });
    startNotices();
    await deliver('O1');
    await attempted('O1', 1);
    orderService.answer = (_req, res) => json(res, 200, {});
    await allHeardInTime();
    expect(orderService.requests.length).toBeGreaterThanOrEqual(2);
  });

  it.each([401, 403])('is reported again when the order service denies access with %i', async (status) => {
    orderService.answer = (_req, res) => json(res, status, { code: 'INTERNAL_TOKEN_REQUIRED', detail: 'no' });
    startNotices();
    await deliver('O1');
    await attempted('O1', 1);
    clock += 1_000;
    await attempted('O1', 2);
    orderService.answer = (_req, res) => json(res, 200, { let: 'in' });
    await allHeardInTime();
  });
});

describe('a shipment that moves again while its notice is under way', () => {
  const moveOn = async (orderId: string, status: 'EXCEPTION' | 'IN_TRANSIT') =>
    decide(parts, [shipments.id(orderId)], { traceId: TRACE }, (docs, now) => {
      const known = shipments.in(docs, orderId) as Shipment;
      return { put: [shipments.put(advance(known, { status }, now, TRACE))] };
    });

  it('is reported again, with its new status', async () => {
    const { answer, waiting, release } = held();
    orderService.answer = answer;
    startNotices();
    await leave('O1');
    await until(() => waiting.length === 1);
    await moveOn('O1', 'EXCEPTION');
    orderService.answer = inTurn(200);
    release();
    await allHeard();
    const told = orderService.requests.map(({ body }) => JSON.parse(body));
    expect(told).toMatchObject([
      { status: 'IN_TRANSIT', sequence: 2 },
      { status: 'EXCEPTION', sequence: 3 },
    ]);
  });
});

describe('a worker that is stopped', () => {
  it('ends at once, even while the order service hangs, and the next one sends the notice', async () => {
    const { answer, waiting } = held();
    orderService.answer = answer;
    const first = startNotices();
    await deliver('O1');
    await until(() => waiting.length === 1);
    await first.stop();
    expect(await noticeOf('O1')).toMatchObject({ attempts: 0 });

    orderService.answer = inTurn(200);
    startNotices();
    await allHeard();
    expect(orderService.requests.map(({ path }) => path)).toEqual(['/orders/O1/shipment', '/orders/O1/shipment']);
  });

  it('leaves a waiting notice to the next one, which keeps its pause', async () => {
    orderService.answer = inTurn(503);
    const first = startNotices();
    await deliver('O1');
    await attempted('O1', 1);
    await first.stop();
    orderService.answer = inTurn(200);
    const before = orderService.requests.length;
    clock += 999;
    startNotices();
    await deliver('O2');
    await until(async () => (await noticeOf('O2')) === undefined);
    expect(orderService.requests.slice(before).map(({ path }) => path)).toEqual(['/orders/O2/shipment']);
    clock += 1;
    await allHeard();
    expect(orderService.requests.at(-1)?.path).toBe('/orders/O1/shipment');
  });
});

describe('two workers on one store', () => {
  it('leave the notice settled, whichever sent it', async () => {
    const { answer, waiting, release } = held();
    orderService.answer = answer;
    startNotices();
    startNotices();
    await deliver('O1');
    await until(() => waiting.length === 2);
    release();
    await allHeard();
    expect(new Set(orderService.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('count one failed attempt that both made at the same time once', async () => {
    const warned = jest.spyOn(parts.log, 'warn');
    const { answer, waiting, release } = held();
    orderService.answer = answer;
    startNotices();
    startNotices();
    await deliver('O1');
    await until(() => waiting.length === 2);
    orderService.answer = inTurn(503);
    release(503);
    await until(() => warned.mock.calls.length === 2);
    expect(warned.mock.calls[0]?.[1 as never]).toMatchObject({ orderId: 'O1', traceId: TRACE });
    expect(await noticeOf('O1')).toMatchObject({ attempts: 1, dueAt: clock + 1_000 });
  });
});
