const PARENT_CHECK_MS = 200;

/** Whoever started this process: npm's shell, when it was npm. */
const parent = process.ppid;

/**
 * Calls `stop` with the signal when somebody wants this process to end: by a signal, or by no longer being there. A signal to npm
 * ends the shell between npm and this process, and goes no further. Answers what ends the watch.
 */
export function whenToldToStop(stop) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const handlers = signals.map((signal) => [signal, () => stop(signal)]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const gone = () => stop('SIGTERM');
  // Nobody reads any more what is said.
  for (const output of [process.stdout, process.stderr]) output.on('error', gone);
  const watch = setInterval(() => process.ppid === parent || gone(), PARENT_CHECK_MS).unref();
  if (!process.env.npm_lifecycle_event) clearInterval(watch);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
    for (const output of [process.stdout, process.stderr]) output.off('error', gone);
    clearInterval(watch);
  };
}
