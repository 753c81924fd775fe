import { breakerVariables } from '@oms/shared/resilience/breaker-config';
import { parseEnv, serviceVariables, variable } from '@oms/shared/service/config';

export const variables = {
  ...serviceVariables(3003),
  ORDER_SERVICE_URL: variable.addresses('http://127.0.0.1:3000').describe('Learns of every move of a shipment'),
  ...breakerVariables('order', { timeoutMs: 5_000, resetMs: 10_000, capacity: 64 }),
};

export const readConfig = (env: Record<string, string | undefined>) => parseEnv(variables, env);
export type Config = ReturnType<typeof readConfig>;
