import type { Fault } from '../fault.ts';
import { again } from '../stage.ts';

/** Customers order while payments fail. */
const failing: Fault = async (stage) => {
  await stage.chaos('payment', { failureRate: 1 });
  const stop = again(5, () => stage.place());
  return async () => {
    await stage.calm('payment');
    await stop();
  };
};

/** Customers order while inventory is slow. */
const slow: Fault = async (stage) => {
  await stage.chaos('inventory', { latencyMs: 1_200 });
  const stop = again(5, () => stage.place());
  return async () => {
    await stage.calm('inventory');
    await stop();
  };
};

/** Customers look at products while that is slow. */
const slowly: Fault = async (stage) => {
  await stage.chaos('product', { latencyMs: 1_200 });
  const stop = again(5, () => stage.ask('product', 'GET', '/products'));
  return async () => {
    await stage.calm('product');
    await stop();
  };
};

export const placing: Record<string, Fault> = {
  PlacingErrorBudgetBurnsFast: failing,
  PlacingErrorBudgetBurnsSlowly: failing,
  PlacingLatencyBudgetBurnsFast: slow,
  PlacingLatencyBudgetBurnsSlowly: slow,
  CircuitBreakerOpen: failing,
  HighErrorRate: failing,
  LastingErrors: failing,
  SlowResponses: slow,
  SlowTail: slowly,
};
