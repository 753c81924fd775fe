import { AsyncLocalStorage } from 'node:async_hooks';

/** Which request is being served; carried through every hop (W3C Trace Context), event and log line. */
export interface Trace {
  traceId: string;
  spanId: string;
  requestId: string;
}

const current = new AsyncLocalStorage<Trace>();

export const currentTrace = (): Trace | undefined => current.getStore();
export const withTrace = <T>(trace: Trace, run: () => T): T => current.run(trace, run);

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

export function traceOf(traceparent: string | undefined, requestId: string | undefined, random: () => number): Trace {
  const parent = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const valid = parent && !/^0+$/.test(parent[1] as string) && !/^0+$/.test(parent[2] as string);
  const traceId = valid ? (parent[1] as string) : hex(random, 32);
  const spanId = hex(random, 16);
  return { traceId, spanId, requestId: requestId && REQUEST_ID.test(requestId) ? requestId : `${traceId}-${spanId}` };
}

/** A background job continues the trace of the request that caused it. */
export const traceFrom = (traceId: string, random: () => number): Trace => {
  const spanId = hex(random, 16);
  return { traceId, spanId, requestId: `${traceId}-${spanId}` };
};

export const traceparentOf = ({ traceId, spanId }: Trace): string => `00-${traceId}-${spanId}-01`;

function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return text;
}
