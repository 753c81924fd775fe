/** The real timers, even if a test has replaced them. */
const { setTimeout: later } = globalThis;
const now = performance.now.bind(performance);

/** Waits for a condition, and fails if it does not come true in time. */
export async function until(condition: () => unknown): Promise<void> {
  const deadline = now() + 20_000;
  while (!(await condition())) {
    if (now() > deadline) throw new Error(`never came true: ${condition}`);
    await new Promise((resolve) => later(resolve, 2));
  }
}
