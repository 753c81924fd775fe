import type { ErrorCode, FieldError, Problem } from './schema.ts';

/** The codes of the API, and two of this client: nobody answered, or what answered is not this API (a proxy, say). */
export type Code = ErrorCode | 'NO_ANSWER' | 'UNEXPECTED_ANSWER';

/** What problems with these codes say besides. */
interface Members {
  VALIDATION_FAILED: { errors: FieldError[] };
  OUT_OF_STOCK: { items: { productId: string; requested: number; available: number }[] };
  QUANTITY_TOO_HIGH: { lineId: string; most: number };
  AMOUNT_TOO_HIGH: { most: number; currency: string };
}

/** The problem as the API said it. An order that was refused exists all the same, as `orderId`. */
export type ProblemOf<C extends Code> = Partial<Problem> & { orderId?: string } & (C extends keyof Members
    ? Members[C]
    : unknown);

interface Failure<C extends Code> extends About {
  status: number;
  code: C;
  detail: string;
  problem?: ProblemOf<C>;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** What a request is called in errors. */
export interface About {
  /** Method and path. */
  request: string;
  idempotencyKey: string | undefined;
}

/** A request that was refused, or whose outcome is unknown. A newer API may have codes that are not known here. */
export class OmsError<C extends Code = Code> extends Error {
  override readonly name = 'OmsError';
  /** 0: there was no answer. */
  declare readonly status: number;
  declare readonly code: C;
  declare readonly detail: string;
  declare readonly problem: ProblemOf<C>;
  /** How long to wait before the next request, if the answer says it. */
  declare readonly retryAfterMs: number | undefined;
  /** Whoever sends the request again with this key has it carried out once. */
  declare readonly idempotencyKey: string | undefined;
  /** The outcome is unknown: what the request was to change may have been changed. Never true for reads. */
  mayHaveHappened = false;

  constructor({ request, cause, problem = {} as ProblemOf<C>, ...failure }: Failure<C>) {
    const { status, code, detail } = failure;
    super(`${request}: ${code}${status ? ` (${status})` : ''}, ${detail}`, { cause });
    Object.assign(this, failure, { problem });
  }

  /** For `if (error.is('QUANTITY_TOO_HIGH'))`: then it is known what else `problem` says. */
  is<K extends Code>(code: K): this is OmsError<K> {
    return (this.code as Code) === code;
  }
}
