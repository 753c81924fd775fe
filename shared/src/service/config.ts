import { z } from 'zod';
import { isDatabaseUrl } from '../store/database-url.ts';

/** Names every bad or missing variable of the environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

const wholeNumber = (min: number, max: number, usual: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.int().min(min).max(max)).default(usual);

const share = z
  .string()
  .regex(/^(0|1|[01]?\.\d+)$/, 'must be a number from 0 to 1')
  .transform(Number)
  .pipe(z.number().max(1))
  .default(1);

/** Rates by service; under the empty name that of all others. */
const rates = z
  .string()
  .regex(
    /^([a-z]+=)?(0|1|0?\.\d+)(,([a-z]+=)?(0|1|0?\.\d+))*$/,
    'must be rates from 0 to 1, such as 0.1 or inventory=0.3',
  )
  .transform((text) =>
    Object.fromEntries(
      text.split(',').map((one) => {
        const [rate, service = ''] = one.split('=').reverse();
        return [service, Number(rate)];
      }),
    ),
  );

/** One address, or several between which calls are balanced. */
const listed = (text: string) => text.split(',').map((one) => one.trim());
const origins = (listOf: (text: string) => string[]) =>
  z
    .string()
    .transform(listOf)
    .pipe(z.array(z.url({ protocol: /^https?$/ })))
    .transform((urls) => urls.map((url) => new URL(url).origin));
const addresses = (usual: string) => origins(listed).prefault(usual);

const NONE = 'none';
/** A service that is optional: `none` leaves it out; unset, its usual address is used. */
const addressesOrNone = (usual: string) =>
  origins((text) => (text === NONE ? [] : listed(text)))
    .transform((all) => (all.length === 0 ? NONE : all))
    .prefault(usual);

const hosts = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(z.array(z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be names without a port, comma-separated')))
  .optional();

export const variable = { flag, wholeNumber, addresses, addressesOrNone };

type Address<S extends string> = `${Uppercase<S>}_SERVICE_URL`;
export type AddressesOf<S extends string> = Record<Address<S>, readonly string[]>;
const addressOf = <S extends string>(service: S) => `${service.toUpperCase()}_SERVICE_URL` as Address<S>;

/** Where other services are; each usually listens on this port of the same machine. */
export const addressVariables = <S extends string>(ports: Record<S, number>) =>
  Object.fromEntries(
    Object.entries<number>(ports).map(([service, port]) => [
      addressOf(service),
      addresses(`http://127.0.0.1:${port}`).describe(`Where the ${service} service is`),
    ]),
  ) as Record<Address<S>, ReturnType<typeof addresses>>;

/** The addresses of these services, from the environment. */
export const addressesIn = <S extends string, A>(config: Record<Address<S>, A>, services: readonly S[]) =>
  Object.fromEntries(services.map((service) => [service, config[addressOf(service)]])) as Record<S, A>;

export const redisVariables = {
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe(
      'A Redis in which all gateways count together for the rate limits, and the order service keeps copies of orders for reading. Empty: each gateway counts alone, and orders are read from the store',
    ),
};

/** Longer than the 60 s for which most load balancers keep an idle connection: no request may be sent to a closing one. */
export const KEEP_ALIVE_MS = 75_000;

/** The variables of every process. */
export const processVariables = (port: number) => ({
  PORT: wholeNumber(0, 65_535, port).describe('Port to listen on; 0 picks a free one'),
  HOST: z.string().optional().describe('Address to listen on; empty: all'),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info').describe('What is logged'),
  INTERNAL_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Shared by all services: calls without it are refused. Empty: anybody may call'),
  ALLOWED_HOSTS: hosts.describe(
    'Without tokens, a process accepts writes only to these hosts: localhost, IP addresses, its own name, and these names',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Receives the traces, by OpenTelemetry’s protocol over HTTP. Empty: nothing does'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The same with the whole path, for instance http://127.0.0.1:4318/v1/traces; it comes first'),
  OTEL_SDK_DISABLED: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .transform((text) => text === 'true')
    .prefault('false')
    .describe('true: nothing is traced, whatever else is set'),
  ZIPKIN_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('A Zipkin that receives the traces, for instance http://127.0.0.1:9411. Empty: none'),
  TRACE_SAMPLE: share.describe('The share of traces that is recorded; a called service does as its caller decided'),
  OTEL_TRACES_SAMPLER: z
    .enum(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'])
    .optional()
    .describe(
      'The same as OpenTelemetry says it: all traces, none, or the share OTEL_TRACES_SAMPLER_ARG; it comes first',
    ),
  OTEL_TRACES_SAMPLER_ARG: share.describe('The share of traces that parentbased_traceidratio records'),
  STREAMS_PER_CALLER: wholeNumber(0, 100_000, 20).describe(
    'How many streams of events a caller may have open at once, waiting requests for events among them; 0: no limit',
  ),
  CHAOS_MODE: flag.describe('true: requests fail on purpose, 5 % of them unless CHAOS_RATE says otherwise'),
  CHAOS_RATE: rates
    .optional()
    .describe(
      'The share of requests that fail on purpose: 0.1 for all services, inventory=0.3 for one, comma-separated',
    ),
  CHAOS_API: flag.describe('true: PUT /chaos injects faults; npm start sets it'),
  KEEP_ALIVE_MS: wholeNumber(35_000, 7_200_000, KEEP_ALIVE_MS).describe(
    'How long an idle connection is kept: longer than what stands before the process keeps one, a load balancer for instance',
  ),
  DRAIN_MS: wholeNumber(0, 600_000, 8_000).describe(
    'How long requests in flight may take once the service is told to stop',
  ),
});

/** The variables of every service with a store; a service adds its own. */
export const serviceVariables = (port: number) => ({
  ...processVariables(port),
  DATABASE_URL: z
    .string()
    .refine(isDatabaseUrl, 'must be an address like postgres://user:password@host:5432, or such with several hosts')
    .optional()
    .describe(
      'A PostgreSQL server, or several (one:5432,two:5432) of which the one that takes writes is used; every service makes a database of its own there. Empty: everything is kept in memory',
    ),
  MIGRATE: z
    .enum(['auto', 'manual'])
    .default('auto')
    .describe('manual: tables are made by npm run migrate, not at the start'),
  KAFKA_BROKERS: z
    .string()
    .transform(listed)
    .pipe(z.array(z.string().regex(/^[^:\s]+:\d+$/, 'must be host:port')).min(1))
    .optional()
    .describe('Brokers, comma-separated: events travel through Kafka. Empty: services read each other’s feeds'),
  KAFKA_TOPICS: z
    .enum(['by-service', 'by-type'])
    .default('by-service')
    .describe('by-type: beside orders.events, also the topics order-placed and order-status-changed'),
});

/** Parses an environment; an empty variable is an unset one. */
export function parseEnv<S extends z.ZodRawShape>(shape: S, env: Record<string, string | undefined>) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = z.object(shape).safeParse(set);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new ConfigError(['The environment is not usable:', ...lines].join('\n'));
}
