import type { Mutation } from './mutation.ts';

/** What the order, payment, inventory, shipping and notification services keep, beyond the rows of docs/guarantees.md. */
export const OF_SERVICES: readonly Mutation[] = [];
