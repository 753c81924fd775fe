/**
 * Work that is never under way twice. What is under way may have passed already what has changed since: who asks meanwhile
 * waits for the next, which serves all of them.
 */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= underWay
      .catch(() => {})
      .then(() => {
        next = undefined;
        const begun = work();
        underWay = begun;
        return begun;
      });
    return next;
  };
}
