import type { Audit } from '@oms/shared/contracts/operations';
import type { Store } from '@oms/shared/store/store';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { World } from '@oms/shared/world';

interface Parts {
  audit(): Promise<Audit>;
  store: Pick<Store<unknown>, 'bookmarks'>;
  world: World;
  log: Logger;
  /** 0: never. */
  everyMs: number;
}

/** How often replicas check at least whether the time has come. */
const LONGEST_PAUSE_MS = 60_000;

/** Runs an audit in every interval. One of all replicas does, whichever checks first once the time has come. */
export function auditRegularly({ audit, store, world, log, everyMs }: Parts): { stop(): void } {
  let busy = false;

  async function look(): Promise<void> {
    const now = world.now();
    // A new name each time, so that not even this process gets the bookmark again before its time.
    const mine = await store.bookmarks.take('audit', world.newId(now), now, now + everyMs);
    if (mine !== undefined) await audit();
  }

  const lookUnlessBusy = async () => {
    if (busy) return;
    busy = true;
    await look().catch((error) => log.warn('the books could not be compared', { error }));
    busy = false;
  };
  const timer = setInterval(lookUnlessBusy, Math.min(everyMs / 10, LONGEST_PAUSE_MS)).unref();
  if (everyMs === 0) clearInterval(timer);
  // An audit under way changes nothing, so the shutdown does not wait for it.
  return { stop: () => clearInterval(timer) };
}
