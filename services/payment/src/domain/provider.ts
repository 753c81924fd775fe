/**
 * Moves the money. It does requests with the same key once, and gives the same answer again. It throws when the outcome
 * is unknown: the request may have been done, and only another one with the same key shows it. The trouble is with this
 * payment alone, unless it throws a `ProviderUnreachable`.
 */
export interface PaymentProvider {
  authorize(request: Authorization, signal: AbortSignal): Promise<ProviderAnswer>;
  capture(request: Movement, signal: AbortSignal): Promise<ProviderAnswer>;
  refund(request: Movement, signal: AbortSignal): Promise<ProviderAnswer>;
  /** Gives an authorization up, and cannot be declined. An authorization that arrives after its void is declined. */
  void(request: Omit<Movement, 'amountCents'>, signal: AbortSignal): Promise<Done>;
  /** Returns when the provider is there, whatever it would answer about a payment. */
  ping(signal: AbortSignal): Promise<void>;
}

/** No payment gets through: there is no connection, or the provider says that it is out of service. */
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
  /** This authorization can be captured once only, whatever the amount. */
  capturesOnce?: true;
}

export interface Declined {
  kind: 'declined';
  reason: string;
}
