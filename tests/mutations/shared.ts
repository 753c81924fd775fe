import type { Mutation } from './mutation.ts';

/** What shared code and the gateway keep, beyond the rows of docs/guarantees.md. */
export const OF_SHARED: readonly Mutation[] = [];
