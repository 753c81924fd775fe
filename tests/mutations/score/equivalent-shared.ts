import type { Equivalent } from './equivalent.ts';

export const EQUIVALENT_IN_SHARED: readonly Equivalent[] = [];
