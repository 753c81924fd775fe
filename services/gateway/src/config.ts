import { addressVariables, parseEnv, processVariables, variable } from '@oms/shared/service/config';
import { guardVariables } from './guard/guard.ts';

const { addressesOrNone, wholeNumber } = variable;

export const variables = {
  ...processVariables(8080),
  ...addressVariables({ order: 3000, inventory: 3001, payment: 3002, shipping: 3003, notification: 3005 }),
  PRODUCT_SERVICE_URL: addressesOrNone('http://127.0.0.1:3004').describe(
    'Where the product service is. none: there is none',
  ),
  GATEWAY_DEADLINE_MS: wholeNumber(1, 600_000, 30_000).describe(
    'How long a service may take to begin its answer, in addition to what a client prefers to wait (Prefer: wait)',
  ),
  GATEWAY_SILENCE_MS: wholeNumber(1, 600_000, 60_000).describe(
    'How long an answer may make no progress before it is cut; services send a heartbeat every 15 s',
  ),
  GATEWAY_CAPACITY: wholeNumber(1, 100_000, 512).describe(
    'How many requests may wait for one service at once (the bulkhead)',
  ),
  ...guardVariables,
};

export const readConfig = (env: Record<string, string | undefined>) => parseEnv(variables, env);
export type Config = ReturnType<typeof readConfig>;
