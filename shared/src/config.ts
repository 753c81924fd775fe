import { z } from 'zod';

/** Every bad or missing variable of the environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

const wholeNumber = (min: number, max: number, usual: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.int().min(min).max(max)).default(usual);

const url = (usual: string) => z.url({ protocol: /^https?$/ }).default(usual);

export const variable = { flag, wholeNumber, url };

/** What every service can be told; a service adds its own. */
export const serviceVariables = (port: number) => ({
  PORT: wholeNumber(0, 65_535, port).describe('Port to listen on; 0 picks a free one'),
  HOST: z.string().optional().describe('Address to listen on; empty: all'),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info').describe('What is logged'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      'A PostgreSQL server; every service makes a database of its own there. Empty: everything is kept in memory',
    ),
  MIGRATE: z
    .enum(['auto', 'manual'])
    .default('auto')
    .describe('manual: tables are made by npm run migrate, not at the start'),
  CHAOS_MODE: flag.describe('true: 5 % of requests fail on purpose'),
  CHAOS_API: flag.describe('true: PUT /chaos injects faults; npm start sets it'),
  DRAIN_MS: wholeNumber(0, 600_000, 8_000).describe(
    'How long requests in flight may take once the service is told to stop',
  ),
});

/** Parses an environment; an empty variable is an unset one. */
export function parseEnv<S extends z.ZodRawShape>(shape: S, env: Record<string, string | undefined>) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = z.object(shape).safeParse(set);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new ConfigError(['The environment is not usable:', ...lines].join('\n'));
}
