import { NoAnswer, Unavailable } from '@oms/shared/errors';
import { type PaymentProvider, ProviderUnreachable } from './domain/provider.ts';

/** A caller of this service still waits when the provider's time is over, but not for much longer. */
const PING_MS = 500;

export const failedFor = (what: string): NoAnswer => new NoAnswer(502, 'PROVIDER_ERROR', what);

/**
 * What the provider's failure means for whoever asked. That one payment fails says nothing about others, and neither do many:
 * all of them may be one customer's. So of a request that was not answered in time the provider itself is asked whether it is
 * there.
 */
export async function meaningOf(
  error: unknown,
  { aborted: tookTooLong }: AbortSignal,
  { provider, providerTimeoutMs }: { provider: PaymentProvider; providerTimeoutMs: number },
): Promise<NoAnswer | Unavailable> {
  const pingMs = Math.min(PING_MS, providerTimeoutMs);
  if (error instanceof ProviderUnreachable || (tookTooLong && !(await isThere(provider, pingMs)))) {
    return new Unavailable(
      'PROVIDER_UNAVAILABLE',
      'The payment provider cannot be reached. Please send the same again.',
    );
  }
  return failedFor(
    'The payment provider failed for this payment, which may have been made. Please send the same again.',
  );
}

const isThere = (provider: PaymentProvider, withinMs: number): Promise<boolean> =>
  provider.ping(AbortSignal.timeout(withinMs)).then(
    () => true,
    () => false,
  );
