import { ShipmentLinks } from '@oms/shared/http/shipment-links';
import { oneAtATime } from '@oms/shared/one-at-a-time';
import { breakerSettings } from '@oms/shared/resilience/breaker-config';
import { Peers } from '@oms/shared/resilience/peers';
import type { ServiceParts } from '@oms/shared/service/parts';
import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { Answers } from './api/answers.ts';
import { createApp } from './api/app.ts';
import { auditBooks } from './audit/audit.ts';
import { createAuditReport } from './audit/report.ts';
import { auditRegularly } from './audit/schedule.ts';
import { closedToOlder } from './book/closed-to-older.ts';
import { createOrderMetrics } from './book/metrics.ts';
import { openCopies } from './book/open-copies.ts';
import { OrderBook, type OrderDoc } from './book/order-book.ts';
import type { OrderCopies } from './book/order-copies.ts';
import { Catalog } from './catalog/catalog.ts';
import { type Config, readConfig } from './config.ts';
import { Dispatcher } from './runner/dispatcher.ts';
import { sagas } from './sagas/all.ts';
import { httpParticipants, PARTICIPANTS } from './sagas/participants.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<OrderDoc>('order', config, MIGRATIONS);
  parts.metrics.collectProcess();
  const copies = await openCopies(parts, config.REDIS_URL);
  const { app, background } = assemble(parts, new Peers(parts), config, copies);
  const { port, stop } = await serve(app, parts, config, background);
  // The last writes are fenced, too.
  return { port, stop: () => stop().finally(() => copies?.close()) };
}

/** The app, and what works beside it; all that they are made of but the way to other services, the store and the port. */
export function assemble(given: ServiceParts<OrderDoc>, peers: Peers, config: Config, copies?: OrderCopies) {
  const parts = { ...given, store: closedToOlder(given.store) };
  const { metrics, world, store, log, tracer } = parts;
  const { PRODUCT_SERVICE_URL: catalogAt } = config;
  const product =
    catalogAt === 'none' ? peers.without('product') : peers.client(breakerSettings('product', config), catalogAt);
  const clients = { ...peers.clients(PARTICIPANTS, config), ...(product ? { product } : {}) };
  const catalog = product && new Catalog(product, world, config.PRICE_FRESH_MS);

  const orderMetrics = createOrderMetrics(metrics, store, world);
  const book = new OrderBook(store, world, orderMetrics, copies);
  const { AUDIT_EVERY_MS: everyMs } = config;
  const report = createAuditReport({ ...parts, everyMs });
  const audit = oneAtATime(async () => {
    const found = await auditBooks({ book, clients });
    report(found);
    return found;
  });
  const { SAGA_LEASE_MS: leaseMs, SAGA_POLL_MS: pollMs, SAGA_UNDO_ALERT_AFTER: undoAlertAfterMs } = config;
  const participants = httpParticipants(clients);
  const links = new ShipmentLinks(parts.internalToken, world);
  const answers = new Answers(links);
  const answerOf = answers.settled;
  const sagaSettings = { leaseMs, pollMs, undoAlertAfterMs };
  const runner = { book, sagas, participants, world, log, tracer, answerOf, settings: sagaSettings };
  const dispatcher = new Dispatcher({ ...runner, metrics: orderMetrics });
  const { ORDER_WAIT_MS: waitMs, ORDER_DEADLINE_MS: deadlineMs, ORDER_HOLD_MS: holdMs, DRAIN_MS: drainMs } = config;
  const { ORDER_ADDRESS_CHANGES: addressChanges, ORDER_HOLD_UNITS: holdUnits } = config;
  const settings = { waitMs, deadlineMs, holdMs, holdUnits, drainMs, addressChanges };

  const { dependencies } = peers;
  const app = createApp({ ...parts, dependencies, book, answers, dispatcher, clients, catalog, audit, settings });
  dispatcher.start();
  const audits = auditRegularly({ audit, store, world, log, everyMs });
  const background = {
    async stop() {
      audits.stop();
      await dispatcher.stop(drainMs / 4);
      await peers.close();
    },
  };
  return { app, background };
}

await runAsProcess(import.meta.url, 'order', () => start(readConfig(process.env)));
