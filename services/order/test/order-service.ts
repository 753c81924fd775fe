import { Addresses } from '@oms/shared/resilience/addresses';
import { USUAL } from '@oms/shared/resilience/breaker-config';
import { ServiceClient } from '@oms/shared/resilience/client';
import { undiciTransport } from '@oms/shared/resilience/transport';
import { ChaosControl } from '@oms/shared/service/chaos';
import type { Lifecycle } from '@oms/shared/service/lifecycle';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { client as httpClient } from '../../../tests/support/answers.ts';
import { createApp } from '../src/api/app.ts';
import { auditBooks } from '../src/audit/audit.ts';
import type { Dispatcher } from '../src/runner/dispatcher.ts';
import { type Clients, PARTICIPANTS } from '../src/sagas/participants.ts';
import { answers } from './bare-answers.ts';
import { DEADLINE_MS, HOLD_MS, type OrderWorld, SECOND } from './order-world.ts';

/** The HTTP side of a process in an order world. */
export function served({ world, book, store }: OrderWorld, process: { dispatcher: Dispatcher; lifecycle: Lifecycle }) {
  const metrics = createMetrics('order');
  const transport = undiciTransport();
  const client = (name: string) =>
    new ServiceClient({
      from: 'order',
      settings: { ...USUAL, name, timeoutMs: SECOND, resetMs: SECOND },
      addresses: new Addresses(['http://127.0.0.1:1'], async () => false),
      ...{ transport, metrics, random: world.random, onBreaker: () => {} },
    });
  const clients = Object.fromEntries(PARTICIPANTS.map((name) => [name, client(name)])) as Clients;
  const app = createApp({
    ...{
      service: 'order',
      version: '1.0.0',
      world,
      log: createLogger('order', 'silent'),
      metrics,
      store,
      book,
      answers,
    },
    audit: () => auditBooks({ book, clients }),
    ...{ ...process, clients, chaos: new ChaosControl(world, 0), chaosApi: false },
    settings: {
      waitMs: 10 * SECOND,
      deadlineMs: DEADLINE_MS,
      holdMs: HOLD_MS,
      holdUnits: 1_000,
      drainMs: 10 * SECOND,
      addressChanges: 20,
    },
  });
  return { ...httpClient(app), clients, close: () => transport.close() };
}
