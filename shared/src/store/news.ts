import type { Store } from './store.ts';

/** Tells a reader of events when it is worth looking again. */
export class News {
  #fresh = true;
  #wake = () => {};
  /** Ends the listening. */
  readonly close: () => void;

  constructor(store: Pick<Store<unknown>, 'onEvents'>) {
    this.close = store.onEvents(() => {
      this.#fresh = true;
      this.#wake();
    });
  }

  /** What comes from now on is news: to be called before looking, so that nothing that comes meanwhile is missed. */
  looking(): void {
    this.#fresh = false;
  }

  /** Until there is news, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#fresh || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake);
    });
  }
}
