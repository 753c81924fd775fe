export class Late extends Error {}

/** Rejects when the promise is not settled in time. What has arrived while the process was busy is in time. */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const end = () => reject(new Late(`no answer within ${limitMs} ms`));
    timer = setTimeout(() => setImmediate(end), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
