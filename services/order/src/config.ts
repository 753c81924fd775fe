import { breakerVariables } from '@oms/shared/resilience/breaker-config';
import { addressVariables, parseEnv, redisVariables, serviceVariables, variable } from '@oms/shared/service/config';

const { addressesOrNone, wholeNumber } = variable;
const DAY_MS = 24 * 60 * 60 * 1000;

export const variables = {
  ...serviceVariables(3000),
  ...redisVariables,
  ...addressVariables({ inventory: 3001, payment: 3002, shipping: 3003 }),
  PRODUCT_SERVICE_URL: addressesOrNone('http://127.0.0.1:3004').describe(
    'The product service, whose names and prices count. none: there is no catalog, each item says its price itself',
  ),
  PRICE_FRESH_MS: wholeNumber(0, 15 * 60_000, 5_000).describe(
    'How long a price from the product service is taken for the current one before it is asked again',
  ),
  ORDER_DEADLINE_MS: wholeNumber(0, 30 * DAY_MS, 15 * 60_000).describe(
    'How long an order may wait for its stock to be confirmed',
  ),
  ORDER_HOLD_MS: wholeNumber(0, 30 * DAY_MS, 30 * 60_000).describe(
    'How long an order is held for its confirmation (autoConfirm: false)',
  ),
  ORDER_HOLD_UNITS: wholeNumber(1, 10_000_000, 1_000).describe(
    'How many units a customer may hold at once without having confirmed them',
  ),
  ORDER_ADDRESS_CHANGES: wholeNumber(0, 1_000, 20).describe('How often an order may be given another address'),
  ORDER_WAIT_MS: wholeNumber(0, 60_000, 10_000).describe(
    'How long a request waits for its saga before it is answered 202',
  ),
  SAGA_LEASE_MS: wholeNumber(500, 600_000, 10_000).describe(
    'After this time without a sign of life another runner takes an order over',
  ),
  SAGA_POLL_MS: wholeNumber(10, 60_000, 500).describe('How often a process looks for overdue orders'),
  SAGA_UNDO_ALERT_AFTER: wholeNumber(0, 600_000_000, 5 * 60_000).describe(
    'After so many milliseconds an unfinished saga is flagged for an operator, and still tried',
  ),
  AUDIT_EVERY_MS: wholeNumber(0, 30 * DAY_MS, DAY_MS / 24).describe(
    'How often the books of all services are held against each other; 0: only when asked for',
  ),
  ...breakerVariables('inventory', { timeoutMs: 3_000, resetMs: 10_000 }),
  ...breakerVariables('payment', { timeoutMs: 5_000, resetMs: 30_000 }),
  ...breakerVariables('shipping', { timeoutMs: 5_000, resetMs: 30_000 }),
  ...breakerVariables('product', { timeoutMs: 3_000, resetMs: 10_000 }),
};

export const readConfig = (env: Record<string, string | undefined>) => parseEnv(variables, env);
export type Config = ReturnType<typeof readConfig>;
