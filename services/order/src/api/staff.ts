import type { Caller } from '@oms/shared/contracts/caller';

/** Customers see that an operator did something with their order, not which one. */
export const byFor = ({ kind }: Caller, by: string | undefined): string | undefined =>
  kind === 'customer' ? by?.replace(/^operator:.*/, 'operator') : by;

type Data = { by?: string; part?: { by?: string } };

/** The same for the data of an event. */
export function dataFor(caller: Caller, data: unknown): unknown {
  const { by, part } = data as Data;
  if (caller.kind !== 'customer' || (by ?? part?.by) === undefined) return data;
  const hidden = part && { part: { ...part, by: byFor(caller, part.by) } };
  return { ...(data as Data), ...(by === undefined ? {} : { by: byFor(caller, by) }), ...hidden };
}
