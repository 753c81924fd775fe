import type { SystemHealth } from '@oms/shared/contracts/gateway';
import type { Transport } from '@oms/shared/resilience/transport';
import { SERVICES } from './targets.ts';
import type { Upstreams } from './upstreams.ts';

type Status = 'UP' | 'DEGRADED' | 'DOWN';
type Dependencies = SystemHealth['dependencies'];

const LIMIT_MS = 1_000;

/** Requests the health of every address of every service, all at once. Requests that come meanwhile share the result. */
export function healthOf(
  upstreams: Upstreams,
  transport: Transport,
  proof: Record<string, string>,
): () => Promise<Dependencies> {
  const statusOf = (origin: string) => lookAt(origin, transport, proof);
  let asking: Promise<Dependencies> | undefined;
  return () => {
    asking ??= ask(upstreams, statusOf).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function ask(upstreams: Upstreams, statusOf: (origin: string) => Promise<Status>): Promise<Dependencies> {
  const absent = SERVICES.filter((service) => !upstreams[service]);
  const services = Object.values(upstreams).map(async ({ service, addresses }) => {
    const looks = addresses.origins.map(async (url) => ({ url, status: await statusOf(url) }));
    const answers = await Promise.all(looks);
    return [service, { status: together(answers.map(({ status }) => status)), addresses: answers }] as const;
  });
  return Object.fromEntries([
    ...(await Promise.all(services)),
    ...absent.map((service) => [service, { status: 'NONE', addresses: [] }]),
  ]);
}

async function lookAt(origin: string, transport: Transport, headers: Record<string, string>): Promise<Status> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  try {
    const request = { method: 'GET', origin, path: '/health', headers, body: undefined, signal };
    const { status, body } = await transport.send(request);
    if (status !== 200) return 'DOWN';
    return (JSON.parse(body) as { status?: string }).status === 'UP' ? 'UP' : 'DEGRADED';
  } catch {
    return 'DOWN';
  }
}

/** With one address that works the service is DEGRADED, not DOWN. */
export function together(statuses: readonly Status[]): Status {
  if (statuses.every((status) => status === 'UP')) return 'UP';
  return statuses.every((status) => status === 'DOWN') ? 'DOWN' : 'DEGRADED';
}
