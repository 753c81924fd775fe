import { parseEnv, processVariables, variable } from '@oms/shared/service/config';
import { guardVariables } from './guard/guard.ts';

const { addresses, addressesOrNone, wholeNumber } = variable;

export const variables = {
  ...processVariables(8080),
  ORDER_SERVICE_URL: addresses('http://127.0.0.1:3000').describe('Where the order service is'),
  INVENTORY_SERVICE_URL: addresses('http://127.0.0.1:3001').describe('Where the inventory service is'),
  PAYMENT_SERVICE_URL: addresses('http://127.0.0.1:3002').describe('Where the payment service is'),
  SHIPPING_SERVICE_URL: addresses('http://127.0.0.1:3003').describe('Where the shipping service is'),
  PRODUCT_SERVICE_URL: addressesOrNone('http://127.0.0.1:3004').describe(
    'Where the product service is. none: there is none',
  ),
  NOTIFICATION_SERVICE_URL: addresses('http://127.0.0.1:3005').describe('Where the notification service is'),
  GATEWAY_DEADLINE_MS: wholeNumber(1, 600_000, 30_000).describe(
    'How long a service may take to begin its answer, beside what a client is ready to wait (Prefer: wait)',
  ),
  GATEWAY_SILENCE_MS: wholeNumber(1, 600_000, 60_000).describe(
    'How long an answer under way may stand still before it is cut; services give a sign of life every 15 s',
  ),
  GATEWAY_CAPACITY: wholeNumber(1, 100_000, 512).describe(
    'How many requests may wait for one service at once (the bulkhead)',
  ),
  ...guardVariables,
};

export const readConfig = (env: Record<string, string | undefined>) => parseEnv(variables, env);
export type Config = ReturnType<typeof readConfig>;
