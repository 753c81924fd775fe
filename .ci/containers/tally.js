/** What comes after a check needs it, and it failed. */
class Needed extends Error {}

/** Runs checks, says how each went, and counts. */
export class Tally {
  #passed = 0;
  #failures = [];

  get failed() {
    return this.#failures.length > 0;
  }

  /** A check passes unless it throws; what it answers is said beside it. */
  async check(name, perform) {
    const startedAt = performance.now();
    const took = () => `(${((performance.now() - startedAt) / 1000).toFixed(1)} s)`;
    try {
      const said = await perform();
      this.#passed++;
      console.log(`ok      ${name}${said ? `: ${said}` : ''} ${took()}`);
      return true;
    } catch (error) {
      this.#fail(`${name} ${took()}: ${error.message}`);
      return false;
    }
  }

  async need(name, perform) {
    if (!(await this.check(name, perform))) throw new Needed(name);
  }

  /** Nothing further is checked: for a check that failed and is counted already, or for what nobody expected. */
  ended(error) {
    if (error instanceof Needed) return;
    this.#fail(error.stack);
  }

  #fail(what) {
    this.#failures.push(what);
    console.log(`FAILED  ${what}`);
  }

  /** The exit code. No check at all is no success. */
  report() {
    for (const what of this.#failures) console.log(`FAILED  ${what.split('\n')[0]}`);
    console.log(`${this.#passed} passed, ${this.#failures.length} failed`);
    return !this.failed && this.#passed > 0 ? 0 : 1;
  }
}
