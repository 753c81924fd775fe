import type { Store } from '@oms/shared/store/store';
import { gaugeFromStore } from '@oms/shared/telemetry/from-store';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import type { World } from '@oms/shared/world';
import { IN_DOUBT } from './documents.ts';
import type { Payment } from './domain/payment.ts';

/** The oldest is looked for among this many. */
const LOOKED_AT = 200;

/** A payment is in doubt while the provider has not answered: money may have moved or not. */
export function showDoubts(metrics: Metrics, store: Store<Payment>, world: Pick<World, 'now'>): void {
  const number = {
    name: 'payments_in_doubt',
    help: 'Payments of which it is not known what the provider has done',
  };
  gaugeFromStore(metrics, number, async () => [{ value: await store.count(IN_DOUBT) }]);
  const oldest = {
    name: 'payments_oldest_doubt_seconds',
    help: 'How long the payment that has waited longest has been in doubt',
  };
  gaugeFromStore(metrics, oldest, async () => {
    const { items } = await store.list({ where: IN_DOUBT, limit: LOOKED_AT });
    const now = world.now();
    return [{ value: Math.max(0, ...items.map(({ data }) => now - data.updatedAt)) / 1000 }];
  });
}
