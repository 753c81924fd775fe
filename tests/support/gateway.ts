import { readConfig } from '../../services/gateway/src/config.ts';
import { start } from '../../services/gateway/src/main.ts';
import { startTarget, type Target } from './call-target.ts';
import { freePort } from './free-port.ts';

/** Gateways and the services behind them, each on a real socket; `close` ends all that were started. */
export function gatewayWorld() {
  const closing: (() => Promise<void>)[] = [];
  const world = {
    /** A gateway whose services cannot be reached, except those at the given addresses. */
    async gateway(env: Record<string, string> = {}) {
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      const names = ['ORDER', 'INVENTORY', 'PAYMENT', 'SHIPPING', 'PRODUCT', 'NOTIFICATION'];
      const urls = Object.fromEntries(names.map((name) => [`${name}_SERVICE_URL`, nowhere]));
      const quiet = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', CHAOS_API: 'true', DRAIN_MS: '3000' };
      const { port, stop } = await start(readConfig({ ...quiet, ...urls, ...env }));
      let stopping: Promise<void> | undefined;
      const stopOnce = () => (stopping ??= stop());
      closing.push(stopOnce);
      return { port, url: `http://127.0.0.1:${port}`, stop: stopOnce };
    },
    async target(port?: number): Promise<Target> {
      const target = await startTarget(port);
      closing.push(target.close);
      return target;
    },
    async close(): Promise<void> {
      for (const close of closing.splice(0).reverse()) await close();
    },
  };
  return world;
}
