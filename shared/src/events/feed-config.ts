import { breakerVariables } from '../resilience/breaker-config.ts';
import { WAIT_S } from './feed-source.ts';

/** What whoever reads feeds can be told; a call there waits for news, so it may take long. */
export const feedVariables = breakerVariables(
  'feeds',
  { timeoutMs: (WAIT_S + 5) * 1000, resetMs: 5_000, capacity: 4 },
  (WAIT_S + 1) * 1000,
);
