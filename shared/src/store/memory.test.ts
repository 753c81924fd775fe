import { type Counter, describeStore } from '../../../tests/store-contract.ts';
import { MemoryStore } from './memory.ts';

describeStore('in memory', async () => {
  let now = Date.parse('2026-01-31T12:00:00Z');
  const store = new MemoryStore<Counter>({ now: () => now });
  return { store, later: async (ms) => (now += ms) };
});
