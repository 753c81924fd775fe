import { feedVariables } from '@oms/shared/events/feed-source';
import { parseEnv, serviceVariables, variable } from '@oms/shared/service/config';

export const variables = {
  ...serviceVariables(3001),
  PRODUCT_SERVICE_URL: variable
    .addressesOrNone('http://127.0.0.1:3004')
    .describe('The product service, whose products have a stock. none: there is no catalog, stock is what was added'),
  ...feedVariables,
};

export const readConfig = (env: Record<string, string | undefined>) => parseEnv(variables, env);
export type Config = ReturnType<typeof readConfig>;
