import { parseEnv, serviceVariables } from '@oms/shared/service/config';

export const variables = serviceVariables(3001);

export const readConfig = (env: Record<string, string | undefined>) => parseEnv(variables, env);
export type Config = ReturnType<typeof readConfig>;
