import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Authorization, Done, Movement, PaymentProvider, ProviderAnswer } from './domain/provider.ts';

/** Methods that are charged. */
const GOOD = new Set(['credit_card', 'debit_card', 'paypal', 'tok_visa']);
/** Why each test token is declined; `undefined`: it is charged. */
const TEST_TOKENS = new Map([
  ['tok_declined', 'card_declined'],
  ['tok_insufficient_funds', 'insufficient_funds'],
  ['tok_lost_answer', undefined],
  ['tok_outage', undefined],
  ['tok_single_capture', undefined],
]);

export interface Simulation {
  latencyMs: number;
  /** Whether it knows the tokens that fail on purpose. */
  testTokens: boolean;
  /** The oldest authorizations beyond this number are forgotten. */
  mostAccounts?: number;
}

/** A request under its key, and its answer. */
export interface Entry {
  key: string;
  type: 'AUTHORIZE' | 'CAPTURE' | 'VOID' | 'REFUND';
  amountCents: number;
  answer: ProviderAnswer;
}

/** A provider in this process. How it behaves depends on the payment's token. */
export class SimulatedProvider implements PaymentProvider {
  /** All entries of an authorization, by its key. */
  readonly #accounts = new Map<string, Entry[]>();

  constructor(private readonly simulation: Simulation) {}

  async authorize({ key, amountCents, method }: Authorization, signal: AbortSignal): Promise<ProviderAnswer> {
    const { testTokens } = this.simulation;
    if (testTokens && method === 'tok_outage') throw new Error('the provider failed');
    const account = this.#account(key);
    const isNew = !account.some((entry) => entry.key === key);
    const reason = happened(account, 'VOID') ? 'voided' : this.#declines(method);
    const entry = once(account, { key, type: 'AUTHORIZE', amountCents }, reason, method === 'tok_single_capture');
    if (testTokens && isNew && method === 'tok_lost_answer') throw new Error('the answer of the provider was lost');
    return this.#answer(entry, signal);
  }

  async capture({ key, authorization, amountCents }: Movement, signal: AbortSignal): Promise<ProviderAnswer> {
    const account = this.#account(authorization);
    const reason = happened(account, 'VOID') ? 'voided' : refusesSecond(account) ? 'already_captured' : undefined;
    return this.#answer(once(account, { key, type: 'CAPTURE', amountCents }, reason), signal);
  }

  async refund({ key, authorization, amountCents }: Movement, signal: AbortSignal): Promise<ProviderAnswer> {
    const account = this.#account(authorization);
    // Captures may have happened in another process, or before this one started. No process knows more than its own part.
    const most = happened(account, 'AUTHORIZE') ? total(account, 'AUTHORIZE') : Number.POSITIVE_INFINITY;
    const reason = total(account, 'REFUND') + amountCents > most ? 'more_than_authorized' : undefined;
    return this.#answer(once(account, { key, type: 'REFUND', amountCents }, reason), signal);
  }

  async void({ key, authorization }: Omit<Movement, 'amountCents'>, signal: AbortSignal): Promise<Done> {
    const account = this.#account(authorization);
    if (happened(account, 'CAPTURE')) throw new Error('what was captured cannot be voided, only refunded');
    const entry = once(account, { key, type: 'VOID', amountCents: total(account, 'AUTHORIZE') }, undefined);
    return this.#answer(entry, signal) as Promise<Done>;
  }

  ping(signal: AbortSignal): Promise<void> {
    return this.#travel(signal);
  }

  /** The provider's own books, to compare ours with. */
  entriesOf(authorization: string): readonly Entry[] {
    return this.#accounts.get(authorization) ?? [];
  }

  #account(authorization: string): Entry[] {
    const known = this.#accounts.get(authorization);
    if (known) return known;
    const account: Entry[] = [];
    this.#accounts.set(authorization, account);
    const { mostAccounts = 100_000 } = this.simulation;
    if (this.#accounts.size > mostAccounts) this.#accounts.delete(this.#accounts.keys().next().value as string);
    return account;
  }

  #declines(method: string): string | undefined {
    if (GOOD.has(method)) return undefined;
    return this.simulation.testTokens && TEST_TOKENS.has(method) ? TEST_TOKENS.get(method) : 'unknown_payment_method';
  }

  /** The answer travels after the work is done. */
  async #answer({ answer }: Entry, signal: AbortSignal): Promise<ProviderAnswer> {
    await this.#travel(signal);
    return answer;
  }

  async #travel(signal: AbortSignal): Promise<void> {
    const { latencyMs } = this.simulation;
    if (latencyMs > 0) await pause(latencyMs, undefined, { signal });
  }
}

/** The entry that the first request with this key made. */
function once(
  account: Entry[],
  request: Omit<Entry, 'answer'>,
  declineFor: string | undefined,
  capturesOnce = false,
): Entry {
  const known = account.find(({ key }) => key === request.key);
  if (known) return known;
  const answer: ProviderAnswer =
    declineFor === undefined
      ? { kind: 'done', reference: referenceOf(request.key), ...(capturesOnce ? { capturesOnce } : {}) }
      : { kind: 'declined', reason: declineFor };
  const entry = { ...request, answer };
  account.push(entry);
  return entry;
}

const referenceOf = (key: string): string => `sim_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;

const done = (account: readonly Entry[], wanted: Entry['type']): Entry[] =>
  account.filter(({ type, answer }) => type === wanted && answer.kind === 'done');

const happened = (account: readonly Entry[], wanted: Entry['type']): boolean => done(account, wanted).length > 0;

const refusesSecond = (account: readonly Entry[]): boolean =>
  happened(account, 'CAPTURE') &&
  done(account, 'AUTHORIZE').some(({ answer }) => answer.kind === 'done' && answer.capturesOnce);

const total = (account: readonly Entry[], wanted: Entry['type']): number =>
  done(account, wanted).reduce((cents, { amountCents }) => cents + amountCents, 0);
