import type { Transport } from '@oms/shared/resilience/transport';
import { traceparentOf, unrecorded } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';

export interface InsideParts {
  transport: Transport;
  world: Pick<World, 'now' | 'random'>;
  /** The headers that services require of callers. */
  proof: Record<string, string>;
}

/** Calls a service in the gateway's own name. It is repeated all the time, and not recorded in traces. */
export async function askInside(
  { transport, world, proof }: InsideParts,
  origin: string,
  path: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  const traceparent = traceparentOf(unrecorded(world.random));
  return transport.send({
    method: 'GET',
    origin,
    path,
    headers: { ...proof, ...headers, traceparent },
    body: undefined,
    signal,
  });
}
