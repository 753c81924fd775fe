import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { traceOf, withTrace } from '@oms/shared/telemetry/trace';
import { Recorder } from '../../../../tests/support/recorder.ts';
import { HOLD_MS, LEASE_MS, OrderWorld, placing, SECOND } from '../../test/order-world.ts';
import { Gate, inTurn, lost, refusal, refused, retried } from '../../test/scripted-participants.ts';

let world: OrderWorld;
let recorder: Recorder;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  // Ids of jobs are random, and have to differ.
  world.world.random = Math.random;
  recorder = new Recorder();
  id = world.newOrderId();
});
afterEach(() => world.end());

/** A request in whose trace the order is placed. */
function request(process = world.process({ tracer: recorder }), command = placing(id)) {
  const trace = recorder.begin(traceOf(undefined, undefined, Math.random), 'POST', 'server');
  trace.span?.end();
  const { traceId } = trace;
  return withTrace(trace, () => process.ask('place-order', id, { traceId, command }));
}

describe('a saga', () => {
  it('is recorded with its steps in the trace of its request', async () => {
    await request();
    expect(recorder.tree()).toBe('POST\n  saga place-order\n    reserve-stock\n    authorize-payment');
    expect(recorder.named('saga place-order').attributes).toEqual({
      ...{ 'order.id': id, 'saga.resumed': false, 'saga.ended': 'finished', 'order.status': 'CONFIRMED' },
    });
    expect(recorder.named('reserve-stock').attributes).toEqual({
      ...{ 'saga.step.outcome': 'done', 'saga.step.attempts': 1 },
    });
  });

  it('shows a refusal, which is no error, and the undos', async () => {
    world.participants.script = {
      'authorize-payment': retried(() => refusal('PAYMENT_DECLINED'), { mayHaveHappened: false }),
    };
    await request();
    const steps = ['reserve-stock', 'authorize-payment', 'undo-reserve-stock'];
    expect(recorder.tree()).toBe(['POST', '  saga place-order', ...steps.map((step) => `    ${step}`)].join('\n'));
    expect(recorder.named('authorize-payment')).toMatchObject({
      failure: undefined,
      attributes: { 'saga.step.outcome': 'refused', 'saga.step.code': 'PAYMENT_DECLINED', 'saga.step.attempts': 2 },
    });
    expect(recorder.named('saga place-order').attributes).toMatchObject({ 'order.status': 'REJECTED' });
  });

  it('that pauses goes on in the same trace', async () => {
    world.participants.script = { 'reserve-stock': inTurn(lost, lost) };
    await world.soon(request());
    await world.settled(id);
    await world.pass(SECOND);
    const resumed = ['  take up an overdue order', '    saga place-order'];
    expect(recorder.tree().split('\n')).toEqual([
      ...['POST', '  saga place-order', '    reserve-stock !'],
      ...[...resumed, '      reserve-stock !'],
      ...[...resumed, '      reserve-stock', '      authorize-payment'],
    ]);
    const [, first] = recorder.spans;
    expect(first?.attributes).toMatchObject({ 'saga.ended': 'waiting', 'order.status': 'PENDING' });
  });

  it('whose runner died goes on in the same trace, and so do its events', async () => {
    world.participants.script = { 'authorize-payment': inTurn(new Gate().there) };
    void request(world.process({ frozen: true, tracer: recorder }));
    world.process({ tracer: recorder });
    await world.pass(LEASE_MS + SECOND);
    await world.settled(id);
    await world.pass(SECOND);
    const saga = (...steps: string[]) => ['  saga place-order', ...steps.map((step) => `    ${step}`)];
    expect(recorder.tree().split('\n')).toEqual([
      ...[
        'POST',
        ...saga('reserve-stock', 'authorize-payment').map((line, i) => (i === 1 ? line : `${line} ended 0 times`)),
      ],
      ...['  take up an overdue order', ...saga('reserve-stock', 'authorize-payment').map((line) => `  ${line}`)],
    ]);
    const [asked, ...others] = recorder.spans;
    expect(new Set(others.map(({ trace }) => trace.traceId))).toEqual(new Set([asked?.trace.traceId]));
    const { kind, trace } = recorder.named('take up an overdue order');
    expect(kind).toBe('internal');
    const resumed = recorder.spans.find(({ attributes }) => attributes['saga.resumed'] === true)?.trace.spanId;
    const events = await world.store.events({ stream: id, limit: 100 });
    expect(events.map(({ type, spanId }) => [type, spanId])).toEqual([
      ['order.placed', asked?.trace.spanId],
      ['saga.resumed', trace.spanId],
      ...['saga.step-done', 'saga.step-done', 'order.status-changed', 'saga.done'].map((type) => [type, resumed]),
    ]);
    expect(new Set(events.map(({ traceId }) => traceId))).toEqual(new Set([asked?.trace.traceId]));
  });

  it('without a request belongs to the trace of the request that placed the order', async () => {
    await request(undefined, placing(id, { autoConfirm: false }));
    await world.pass(HOLD_MS + SECOND);
    expect((await world.order(id)).status).toBe('CANCELLED');
    expect(recorder.tree()).toContain('\n  take up an overdue order\n    saga cancel-order');
  });

  it('of a later request belongs to the trace of that request', async () => {
    await request();
    const later = recorder.begin(traceOf(undefined, undefined, Math.random), 'PUT', 'server');
    world.participants.script = { 'capture-payment': inTurn(lost) };
    const { ask } = world.process({ tracer: recorder });
    await withTrace(later, () => world.soon(ask('fulfil-order', id, { traceId: later.traceId })));
    await world.settled(id);
    const fulfilled = recorder.spans.filter(({ trace }) => trace.traceId === later.traceId).map(({ name }) => name);
    expect(fulfilled).toEqual(expect.arrayContaining(['take up an overdue order', 'commit-stock']));
    const events = await world.store.events({ stream: id, after: '5', limit: 100 });
    expect(new Set(events.map(({ traceId }) => traceId))).toEqual(new Set([later.traceId]));
  });

  it('whose lease is lost says so', async () => {
    const gate = new Gate();
    world.participants.script = { 'reserve-stock': inTurn(gate.back) };
    void request(world.process({ frozen: true, tracer: recorder }));
    world.process();
    await world.pass(LEASE_MS + SECOND);
    gate.open();
    await world.settled(id);
    await world.pass(SECOND);
    expect(recorder.named('saga place-order')).toMatchObject({ ends: 1, attributes: { 'saga.ended': 'lost' } });
  });

  it('of a request that is not to be recorded is not recorded later either', async () => {
    const trace = { ...traceOf(undefined, undefined, Math.random), sampled: false };
    world.participants.script = { 'reserve-stock': inTurn(lost), 'authorize-payment': refused };
    const { ask } = world.process({ tracer: recorder });
    await withTrace(trace, () => world.soon(ask('place-order', id, { traceId: trace.traceId })));
    await world.settled(id);
    expect(recorder.spans).toEqual([]);
  });
});
