import { type RunningService, runAsProcess } from '@oms/shared/process';
import { ServiceClient } from '@oms/shared/resilience/client';
import { undiciTransport } from '@oms/shared/resilience/transport';
import { createParts, serve } from '@oms/shared/service';
import { settledAnswer } from './answers.ts';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { Dispatcher } from './dispatcher.ts';
import { OrderBook, type OrderDoc } from './order-book.ts';
import { createOrderMetrics } from './order-metrics.ts';
import { httpParticipants } from './participants.ts';
import { sagas } from './sagas/all.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<OrderDoc>('order', config, MIGRATIONS);
  const { metrics, world, store, log } = parts;
  metrics.collectProcess();

  const transport = undiciTransport();
  const client = (name: string, baseUrl: string, timeoutMs: number, resetMs: number) =>
    new ServiceClient({
      settings: { name, timeoutMs, resetMs, capacity: config.BREAKER_CAPACITY },
      baseUrl,
      transport,
      metrics,
      random: world.random,
      onBreaker: (target, state) => log.warn('circuit breaker', { target, state }),
    });
  const clients = {
    inventory: client('inventory', config.INVENTORY_SERVICE_URL, 3_000, 10_000),
    payment: client('payment', config.PAYMENT_SERVICE_URL, 5_000, 30_000),
    shipping: client('shipping', config.SHIPPING_SERVICE_URL, 5_000, 30_000),
  };
  const breakers = () => {
    const states = Object.values(clients).map(({ breaker }) => [breaker.name, breaker.state]);
    return { degraded: states.some(([, state]) => state !== 'CLOSED'), details: Object.fromEntries(states) };
  };

  const book = new OrderBook(store, world, createOrderMetrics(metrics, store, world));
  const { SAGA_LEASE_MS: leaseMs, SAGA_POLL_MS: pollMs, SAGA_UNDO_ALERT_AFTER: undoAlertAfterMs } = config;
  const participants = httpParticipants(clients);
  const answerOf = settledAnswer;
  const runner = { book, sagas, participants, world, log, answerOf, settings: { leaseMs, pollMs, undoAlertAfterMs } };
  const dispatcher = new Dispatcher(runner);
  const { ORDER_WAIT_MS: waitMs, ORDER_DEADLINE_MS: deadlineMs, ORDER_HOLD_MS: holdMs, DRAIN_MS: drainMs } = config;
  const settings = { waitMs, deadlineMs, holdMs, drainMs };

  const app = createApp({ ...parts, dependencies: breakers, book, dispatcher, clients, settings });
  dispatcher.start();
  return serve(app, parts, config, {
    async stop() {
      await dispatcher.stop(drainMs / 4);
      for (const { breaker } of Object.values(clients)) breaker.shutdown();
      await transport.close();
    },
  });
}

await runAsProcess(import.meta.url, 'order', () => start(readConfig(process.env)));
