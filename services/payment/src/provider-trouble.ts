import { NoAnswer, Unavailable } from '@oms/shared/errors';
import { type PaymentProvider, ProviderUnreachable } from './domain/provider.ts';

/** When the provider's time is over, the caller of this service waits only a little longer. */
const PING_MS = 500;

export const failedFor = (what: string): NoAnswer => new NoAnswer(502, 'PROVIDER_ERROR', what);

/**
 * What the provider's failure means for the caller. Failed payments say nothing about others: all of them may be one
 * customer's. So after a timeout a ping shows whether the provider is there.
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
      'The payment provider cannot be reached. Please send the same request again.',
    );
  }
  return failedFor(
    'The payment provider failed for this payment, which may have been made. Please send the same request again.',
  );
}

const isThere = (provider: PaymentProvider, withinMs: number): Promise<boolean> =>
  provider.ping(AbortSignal.timeout(withinMs)).then(
    () => true,
    () => false,
  );
