import type { Equivalent } from './equivalent.ts';

export const EQUIVALENT_IN_ORDER: readonly Equivalent[] = [];
