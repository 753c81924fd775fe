import { AsyncResource } from 'node:async_hooks';
import { createHmac, KeyObject, timingSafeEqual, type webcrypto } from 'node:crypto';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { type CallSignal, Cut } from '@oms/shared/resilience/cut';
import { type Appointment, BEGINNING } from './clock.ts';
import { type Process, thisProcess } from './process.ts';

/** The fake timer of the code under test: it belongs to the process that set it. */
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

  /** After a freeze, a repeating timer fires once, not once for each missed interval. */
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

/** Created once: each new error would record its stack, which takes longer than everything else here. */
const TIMED_OUT = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
const ABORTED = new DOMException('This operation was aborted', 'AbortError');

/** Node's own are slow, and some stay in memory with their listeners, as everything of a dead process does. */
class CheapAbortController {
  readonly signal = Object.assign(new Cut(), { setMaxListeners() {} });

  abort(reason: unknown = ABORTED): void {
    this.signal.abort(reason);
  }
}

function timeoutSignal(ms: number): CallSignal {
  const over = new Cut();
  setTimeout(() => over.abort(TIMED_OUT), ms);
  return over;
}

function anySignal(signals: readonly CallSignal[]): CallSignal {
  const over = new Cut();
  for (const signal of signals) {
    if (signal.aborted) over.abort(signal.reason);
    else signal.addEventListener('abort', () => over.abort(signal.reason));
  }
  return over;
}

/** Node's own uses another thread, and takes real time. */
async function verify(_algorithm: unknown, key: webcrypto.CryptoKey, signature: Uint8Array, data: Uint8Array) {
  const expected = createHmac('sha256', secretOf(key)).update(data).digest();
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

/** All tokens have the same key, which the verifier would otherwise import again for each. */
const keys = new Map<string, Promise<webcrypto.CryptoKey>>();
const secrets = new WeakMap<webcrypto.CryptoKey, KeyObject>();
const { importKey: importAnew } = crypto.subtle;

function importKey(...how: Parameters<typeof importAnew>): Promise<webcrypto.CryptoKey> {
  const name = JSON.stringify([...how, Buffer.from(how[1] as Uint8Array).toString('hex')]);
  const known = keys.get(name) ?? importAnew.apply(crypto.subtle, how);
  keys.set(name, known);
  return known;
}

function secretOf(key: webcrypto.CryptoKey): KeyObject {
  const known = secrets.get(key) ?? KeyObject.from(key);
  secrets.set(key, known);
  return known;
}

/** Replaces time and random numbers in this Node process: each simulated process gets its own. */
export function installFakeGlobals(): void {
  Object.assign(globalThis, {
    setTimeout,
    setInterval: set(true),
    setImmediate: (callback: Callback, ...args: unknown[]) => setTimeout(callback, 0, ...args),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    AbortController: CheapAbortController,
  });
  Date.now = () => thisProcess().now;
  Math.random = () => thisProcess().chance.next();
  performance.now = () => thisProcess().clock.now - BEGINNING;
  Object.assign(AbortSignal, { timeout: timeoutSignal, any: anySignal });
  Object.assign(crypto.subtle, { verify, importKey });
  const require = createRequire(import.meta.url);
  Object.assign(require('node:timers/promises'), { setTimeout: pause, setImmediate: () => pause(0) });
  syncBuiltinESMExports();
}
