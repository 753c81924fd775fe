/** How many retries each call pays for … */
const PER_CALL = 0.2;
/** … and how many may be spent at once after a quiet time. */
const MOST = 50;

/** Limits the retries of all calls to a target together, so that an outage is not multiplied by them. */
export class RetryBudget {
  #left = MOST;

  called(): void {
    this.#left = Math.min(MOST, this.#left + PER_CALL);
  }

  /** Whether one more retry may be made; if so, it is paid for. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
