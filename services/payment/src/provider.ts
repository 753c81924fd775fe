/**
 * Whoever really moves the money. It does what it is asked under a key once, however often it is asked, and says the same
 * again. It throws when the outcome is unknown: it may have been done, and only asking again with the same key tells.
 */
export interface PaymentProvider {
  authorize(asked: Authorization, signal: AbortSignal): Promise<ProviderAnswer>;
  capture(asked: Movement, signal: AbortSignal): Promise<ProviderAnswer>;
  refund(asked: Movement, signal: AbortSignal): Promise<ProviderAnswer>;
  /** Gives an authorization up, and cannot decline: one that was never seen is declined itself should it arrive later. */
  void(asked: Omit<Movement, 'amountCents'>, signal: AbortSignal): Promise<Done>;
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
