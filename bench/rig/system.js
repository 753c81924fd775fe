import { startService } from './contenders.js';
import { productId } from './requests.js';
import { cpuMsOf } from './usage.js';

const SERVICES = ['inventory', 'payment', 'shipping'];
const PLENTY = 1_000_000;

/** All four services, each a process with a store of its own. `stock`: of each of so many products. */
export const wholeSystem = (name, { durable = false, products = 1000, stock = PLENTY, ...more } = {}) => ({
  name,
  ...more,
  async start(rig) {
    if (durable) await rig.postgres.empty(...['order', ...SERVICES].map((service) => `oms_${service}`));
    const env = durable ? { DATABASE_URL: `${rig.postgres.url}/oms` } : {};
    const others = await Promise.all(SERVICES.map((service) => startService(rig, service, env)));
    const [inventory] = others;
    await fill(inventory.port, products, stock);
    const urls = SERVICES.map((service, i) => [
      `${service.toUpperCase()}_SERVICE_URL`,
      `http://127.0.0.1:${others[i].port}`,
    ]);
    const alone = { PRODUCT_SERVICE_URL: 'none', AUDIT_EVERY_MS: '0' };
    const order = await startService(rig, 'order', { ...env, ...Object.fromEntries(urls), ...alone });
    const all = [order, ...others];
    return {
      port: order.port,
      inventoryPort: inventory.port,
      usesPostgres: durable,
      cpuMs: () => all.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
      async stop() {
        for (const { stop } of all) await stop();
      },
    };
  },
});

async function fill(port, products, quantity) {
  const put = async (n) => {
    const answer = await fetch(`http://127.0.0.1:${port}/inventory/${productId(n)}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ quantity }),
    });
    if (!answer.ok) throw new Error(`inventory answers ${answer.status}`);
    await answer.arrayBuffer();
  };
  for (let n = 0; n < products; n += 50) {
    await Promise.all(Array.from({ length: Math.min(50, products - n) }, (_, i) => put(n + i)));
  }
}
