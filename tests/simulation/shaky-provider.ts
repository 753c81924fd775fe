import { type PaymentProvider, ProviderUnreachable } from '@oms/payment/dist/domain/provider.js';
import type { Process } from './process.ts';
import type { Universe } from './universe.ts';

const LATENCY_MS = 20;
const SLOW_MS = [500, 8_000] as const;

type Ask = <T>(what: string, signal: AbortSignal, act: () => Promise<T>) => Promise<T>;

/** The connection of one process to a provider, whose records survive the process. */
export function shakyWay(whom: string, process: Process, universe: Universe): Ask {
  const { clock, faults, trace } = universe;

  return <T>(what: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> => {
    const id = universe.next(whom);
    const fault = faults.at('provider', id);
    if (fault) faults.strike(fault);
    trace.add(process.name, `→ ${whom} ${what}${fault ? ` *** ${fault.kind} (${id})` : ''}`);
    const fails = fault?.kind.startsWith('provider fails');
    const backInMs = fault?.kind === 'provider is slow' ? fault.chance.between(...SLOW_MS) : LATENCY_MS;
    return new Promise((resolve, reject) => {
      const left = universe.moment(process, 'send');
      if (!left) return;
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const back = (settle: () => void) => void clock.in(backInMs, () => process.enter(settle));
      process.enter(() => {
        if (fault?.kind === 'provider fails, nothing done') back(() => reject(new Error('simulated')));
        else if (fault?.kind === 'provider is unreachable') back(() => reject(new ProviderUnreachable('simulated')));
        else {
          act().then(
            (value) => back(() => (fails ? reject(new Error('simulated')) : resolve(value))),
            (error) => back(() => reject(error)),
          );
        }
        left();
      });
    });
  };
}

export function shakyProvider(provider: PaymentProvider, process: Process, universe: Universe): PaymentProvider {
  const ask = shakyWay('provider', process, universe);
  return {
    authorize: (asked, signal) => ask(`authorize ${asked.key}`, signal, () => provider.authorize(asked, signal)),
    capture: (asked, signal) => ask(`capture ${asked.key}`, signal, () => provider.capture(asked, signal)),
    refund: (asked, signal) => ask(`refund ${asked.key}`, signal, () => provider.refund(asked, signal)),
    void: (asked, signal) => ask(`void ${asked.key}`, signal, () => provider.void(asked, signal)),
    ping: (signal) => ask('ping', signal, () => provider.ping(signal)),
  };
}
