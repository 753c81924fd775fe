import type { ErrorCode } from './contracts/error-codes.ts';

/** A request that cannot be carried out, with a stable code. It changes nothing, and the same request gets the same answer again. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: 400 | 401 | 402 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 431,
    readonly code: ErrorCode,
    message: string,
    /** Further members of the problem document, such as `errors` or `items`. */
    readonly details: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Something needed is not there at the moment. The same request may succeed later, so the answer is not remembered. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly retryAfterSeconds = 1,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Another process gave no answer, or none in time: what it was asked for may have been done. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    readonly status: 502 | 504,
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}
