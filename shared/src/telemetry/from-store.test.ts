import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';
import { gaugeFromStore } from './from-store.ts';

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A gauge whose store answers as the test says, beside one that needs none. */
function gauges(look: Parameters<typeof gaugeFromStore<'state'>>[2], labelNames: 'state'[] = []) {
  gaugeFromStore({ registry }, { name: 'looked_up', help: 'in the store', labelNames }, look);
  new Gauge({ name: 'known', help: 'without it', registers: [registry] });
}
const shown = async () => (await registry.metrics()).match(/^\w.*$/gm);

describe('a gauge that is read from the store', () => {
  it('shows the value at that moment', async () => {
    let value = 1;
    gauges(async () => [{ value: value++ }]);
    expect(await shown()).toEqual(['looked_up 1', 'known 0']);
    expect(await shown()).toEqual(['looked_up 2', 'known 0']);
  });

  it('forgets a label that the store no longer names', async () => {
    let state = 'old';
    gauges(async () => [{ labels: { state }, value: 1 }], ['state']);
    await shown();
    state = 'new';
    expect(await shown()).toEqual(['looked_up{state="new"} 1', 'known 0']);
  });

  it('is left out while the store fails, and the other metrics are shown', async () => {
    let fails = false;
    gauges(async () => {
      if (fails) throw new Error('unreachable');
      return [{ value: 7 }];
    });
    await shown();
    fails = true;
    expect(await shown()).toEqual(['known 0']);
  });

  it('is left out at the timeout of the store', async () => {
    jest.useFakeTimers();
    gauges(() => new Promise(() => {}));
    const scraped = shown();
    await jest.advanceTimersByTimeAsync(2_001);
    expect(await scraped).toEqual(['known 0']);
  });
});
