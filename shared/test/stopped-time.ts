import { jest } from '@jest/globals';
import { until } from '../../tests/support/until.ts';

/** From now on time passes only when the test says so. */
export const stopTime = () =>
  void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] });
export const letTimeRun = () => void jest.useRealTimers();

export const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
export const passUntil = (condition: () => unknown, stepMs = 10): Promise<void> =>
  until(async () => (await condition()) || void (await pass(stepMs)));
