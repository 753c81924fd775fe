import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startProgram } from './child.js';
import { ordersDatabase, startTarget } from './contenders.js';
import { freePort } from './postgres.js';
import { cpuMsOf } from './usage.js';

/** Restate keeps a log of its own. Its usual settings, but for the partitions: four suit two cores better than its 24. */
export const restate = (name, { keepsOrders = false } = {}) => ({
  name,
  requests: { what: { path: '/orders/place' }, expected: ['200'] },
  async start(rig) {
    const folder = await mkdtemp(join(tmpdir(), 'bench-restate-'));
    const orders = await ordersDatabase(rig, keepsOrders);
    const handler = await startTarget('restate', { PARTICIPANTS_URL: rig.participantsUrl, ...orders });
    const [ingress, admin, fabric] = await Promise.all([freePort(), freePort(), freePort()]);
    const adminUrl = `http://127.0.0.1:${admin}`;
    const server = await startProgram(restateBinary(), ['--base-dir', folder, '--no-logo'], {
      env: {
        RESTATE_LISTEN_MODE: 'tcp',
        RESTATE_BIND_IP: '127.0.0.1',
        RESTATE_BIND_PORT: String(fabric),
        RESTATE_INGRESS__BIND_PORT: String(ingress),
        RESTATE_ADMIN__BIND_PORT: String(admin),
        RESTATE_LOG_FILTER: 'error',
        DO_NOT_TRACK: '1',
        // What it leaves there goes with the folder.
        TMPDIR: folder,
        RESTATE_DEFAULT_NUM_PARTITIONS: '4',
      },
      isReady: async () => (await fetch(`${adminUrl}/health`)).ok,
    });
    await register(adminUrl, `http://127.0.0.1:${handler.port}`);
    return {
      port: ingress,
      usesPostgres: keepsOrders,
      cpuMs: () => cpuMsOf(server.pid) + cpuMsOf(handler.pid),
      async stop() {
        await server.stop();
        await handler.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
});

function restateBinary() {
  const require = createRequire(import.meta.url);
  const folder = dirname(
    require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/package.json`),
  );
  return join(folder, 'bin/restate-server');
}

async function register(adminUrl, uri) {
  const answer = await fetch(`${adminUrl}/deployments`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ uri }),
  });
  if (!answer.ok) throw new Error(`Restate does not take the handler: ${await answer.text()}`);
}
