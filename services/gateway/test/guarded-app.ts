import * as contract from '@oms/shared/contracts/gateway';
import { createServiceApp } from '@oms/shared/http/app';
import type { On } from '@oms/shared/http/route';
import { listen } from '@oms/shared/http/server';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { parseEnv } from '@oms/shared/service/config';
import { createPartsWithoutStore } from '@oms/shared/service/service';
import type { Express } from 'express';
import { ask, type Received } from '../../../tests/support/tiny-service.ts';
import { createGuard, guardVariables } from '../src/guard/guard.ts';
import { locate } from '../src/proxy.ts';

export const INSIDE = 'what-services-show-each-other';
export const SECRET = 'a secret of the tests, long enough';
const silent = {
  PORT: 0,
  STREAMS_PER_CALLER: 0,
  LOG_LEVEL: 'silent',
  CHAOS_MODE: false,
  CHAOS_API: false,
  KEEP_ALIVE_MS: 75_000,
  DRAIN_MS: 0,
  TRACE_SAMPLE: 1,
};

/** What stands behind the guard here just says what it was told of the caller. */
export async function startGuarded(env: Record<string, string> = {}, INTERNAL_TOKEN = INSIDE) {
  const config = { ...parseEnv(guardVariables, env), INTERNAL_TOKEN: INTERNAL_TOKEN || undefined };
  const parts = await createPartsWithoutStore('gateway', silent);
  const guard = createGuard(config, parts);
  const define = (on: On, express: Express) => {
    express.set('trust proxy', config.TRUST_PROXY);
    express.use(guard.before);
    const { issueToken } = guard;
    if (issueToken) on(contract.issueToken, async ({ body }, reply) => reply(200, await issueToken(body)));
    defineServiceRoutes(on, express, parts, []);
    express.all(['/orders{/*rest}', '/audit', '/api/*rest'], (req, res) => void res.json({ told: guard.forward(req) }));
  };
  const app = createServiceApp(parts, define, locate);
  const listening = await listen(app, parts.lifecycle, { port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${listening.port}`;
  return {
    ...parts,
    url,
    get: (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Received> =>
      ask(url + path, { method, headers }),
    async close() {
      guard.close();
      await listening.close(0);
    },
  };
}
export type Guarded = Awaited<ReturnType<typeof startGuarded>>;

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** The headers by which a service is told who calls. */
export const toldOf = (caller: string) => ({ 'x-caller': caller, 'x-internal-token': INSIDE });
