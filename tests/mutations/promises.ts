import type { Mutation } from './mutation.ts';

/** One for each row of docs/guarantees.md. */
export const PROMISES: readonly Mutation[] = [];
