/**
 * Whoever really moves the money. It does what it is asked under a key once, however often it is asked, and says the same
 * again. It throws when the outcome is unknown: it may have been done, and only asking again with the same key tells. Then
 * something is wrong with this payment alone, unless it is a `ProviderUnreachable`.
 */
export interface PaymentProvider {
  authorize(asked: Authorization, signal: AbortSignal): Promise<ProviderAnswer>;
  capture(asked: Movement, signal: AbortSignal): Promise<ProviderAnswer>;
  refund(asked: Movement, signal: AbortSignal): Promise<ProviderAnswer>;
  /** Gives an authorization up, and cannot decline: one that was never seen is declined itself should it arrive later. */
  void(asked: Omit<Movement, 'amountCents'>, signal: AbortSignal): Promise<Done>;
  /** Returns when it is there and answers, whatever it would say of any payment. */
  ping(signal: AbortSignal): Promise<void>;
}

/** Nobody's payment gets through: there is no connection, or it says that it is out of service. */
export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable';
}

export interface Authorization {
  key: string;
  amountCents: number;
  currency: string;
  method: string;
}

export interface Movement {
  key: string;
  /** The key of the authorization that the money belongs to. */
  authorization: string;
  amountCents: number;
}

export type ProviderAnswer = Done | Declined;

export interface Done {
  kind: 'done';
  /** The provider's own number for what it did. */
  reference: string;
}

export interface Declined {
  kind: 'declined';
  reason: string;
}
