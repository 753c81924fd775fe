import { AsyncResource } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { type Appointment, BEGINNING } from './clock.ts';
import { type Process, thisProcess } from './process.ts';

/** What the code under test is given in the place of a timer: it belongs to the process in which it was set. */
class Timer {
  #appointment: Appointment;
  #isOver = false;

  constructor(
    private readonly process: Process,
    private readonly ms: number,
    private readonly run: () => void,
    private readonly repeats: boolean,
  ) {
    this.#appointment = this.#arrange();
  }

  clear(): void {
    this.#isOver = true;
    this.#appointment.run = undefined;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  #arrange(): Appointment {
    return this.process.clock.in(Math.max(1, this.ms), () => this.process.enter(() => this.#ring()));
  }

  /** A process that slept finds a repeating timer rung once, not as often as it would have. */
  #ring(): void {
    if (this.#isOver) return;
    if (this.repeats) this.#appointment = this.#arrange();
    this.run();
  }
}

type Callback = (...args: unknown[]) => void;

function set(repeats: boolean) {
  return (callback: Callback, ms = 0, ...args: unknown[]) => {
    const context = new AsyncResource('Timer');
    const run = () => context.runInAsyncScope(callback, undefined, ...args);
    return new Timer(thisProcess(), Number(ms) || 0, run, repeats);
  };
}

const setTimeout = set(false);
const clear = (timer: unknown) => void (timer instanceof Timer && timer.clear());

function pause<T>(ms: number, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      timer.clear();
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve(value as T);
    }, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}

/** Made once: each would look where it comes from, and that takes longer than all else that happens then. */
const TIMED_OUT = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
const ABORTED = new DOMException('This operation was aborted', 'AbortError');

function timeoutSignal(ms: number): AbortSignal {
  const over = new AbortController();
  setTimeout(() => over.abort(TIMED_OUT), ms);
  return over.signal;
}

/** Node keeps those of its own alive for as long as somebody listens, and a process that died in the middle always does. */
function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const over = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) over.abort(signal.reason);
    else signal.addEventListener('abort', () => over.abort(signal.reason), { once: true });
  }
  return over.signal;
}

const { abort } = AbortController.prototype;
function cheapAbort(this: AbortController, reason: unknown = ABORTED): void {
  abort.call(this, reason);
}

/** From here on all time and chance of this process of Node is that of the simulated process which asks. */
export function installFakeGlobals(): void {
  Object.assign(globalThis, {
    setTimeout,
    setInterval: set(true),
    setImmediate: (callback: Callback, ...args: unknown[]) => setTimeout(callback, 0, ...args),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  });
  Date.now = () => thisProcess().now;
  Math.random = () => thisProcess().chance.next();
  performance.now = () => thisProcess().clock.now - BEGINNING;
  AbortSignal.timeout = timeoutSignal;
  AbortSignal.any = anySignal;
  AbortController.prototype.abort = cheapAbort;
  const require = createRequire(import.meta.url);
  require('node:timers/promises').setTimeout = pause;
  syncBuiltinESMExports();
}
