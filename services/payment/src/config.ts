import { parseEnv, serviceVariables, variable } from '@oms/shared/service/config';

export const variables = {
  ...serviceVariables(3002),
  PROVIDER_TIMEOUT_MS: variable
    .wholeNumber(1, 60_000, 4_000)
    .describe('How long the provider may take; less than callers of this service wait'),
  TEST_TOKENS: variable.flag.describe(
    'true: the simulated provider knows tokens that fail, tok_declined for instance; npm start sets it',
  ),
  PROVIDER_LATENCY_MS: variable.wholeNumber(0, 60_000, 0).describe('How long the simulated provider takes to answer'),
};

export const readConfig = (env: Record<string, string | undefined>) => parseEnv(variables, env);
export type Config = ReturnType<typeof readConfig>;
