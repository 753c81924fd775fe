import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { losing, PaymentService } from '../test/payment-service.ts';
import { showDoubts } from './payment-metrics.ts';

const MINUTE = 60_000;

let service: PaymentService;
beforeEach(async () => {
  service = await PaymentService.start();
});
afterEach(() => service.stop());

/** The number of payments in doubt, and for how many minutes, by a clock that is so much ahead. */
async function doubts(ahead = 0) {
  const metrics = createMetrics('payment');
  showDoubts(metrics, service.parts.store, { now: () => Date.now() + ahead * MINUTE });
  const [number, seconds] = ((await metrics.registry.metrics()).match(/^payments_.*$/gm) ?? []).map((line) =>
    Number(line.split(' ')[1]),
  );
  return [number, Math.floor((seconds as number) / 60)];
}

it('payments that the provider has answered are not in doubt', async () => {
  await service.authorize();
  await service.authorize({ orderId: 'O2', paymentMethod: 'tok_declined' });
  expect(await doubts(5)).toEqual([0, 0]);
});

it('a payment is in doubt from a lost answer until a retry', async () => {
  await service.authorize({ paymentMethod: 'tok_lost_answer' });
  expect(await doubts(5)).toEqual([1, 5]);
  await service.authorize({ paymentMethod: 'tok_lost_answer' });
  expect(await doubts(5)).toEqual([0, 0]);
});

it('a capture can be in doubt, too, and the longest doubt counts', async () => {
  const at = await service.another({ provider: losing(service.provider, 'capture') });
  await service.authorize();
  await service.capture({}, undefined, at);
  await service.authorize({ orderId: 'O2', paymentMethod: 'tok_outage' });
  expect(await doubts(7)).toEqual([2, 7]);
  await service.capture();
  await service.refund({ orderId: 'O2' });
  expect(await doubts(7)).toEqual([0, 0]);
});
