const EVERY_MS = 5_000;

/** Says every few seconds that something is still being done. */
export async function withProgress(what, work) {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
  const timer = setInterval(() => console.log(`… still ${what} after ${seconds()} s`), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
