import { EQUIVALENT_AT_THE_GATEWAY } from './equivalent-gateway.ts';
import { EQUIVALENT_IN_ORDER } from './equivalent-order.ts';
import { EQUIVALENT_IN_RUNNER } from './equivalent-runner.ts';
import { EQUIVALENT_IN_SHARED } from './equivalent-shared.ts';
import { EQUIVALENT_IN_STORE } from './equivalent-store.ts';
import type { Equivalent, Mutant } from './mutants.ts';

export const EQUIVALENT: readonly Equivalent[] = [
  ...EQUIVALENT_IN_SHARED,
  ...EQUIVALENT_IN_STORE,
  ...EQUIVALENT_IN_ORDER,
  ...EQUIVALENT_IN_RUNNER,
  ...EQUIVALENT_AT_THE_GATEWAY,
];

export const isSame = (mutant: Mutant, one: Omit<Equivalent, 'why'>): boolean =>
  one.file === mutant.file && one.at === mutant.at && one.from === mutant.from && one.to === mutant.to;

export const isEquivalent = (mutant: Mutant): boolean => EQUIVALENT.some((one) => isSame(mutant, one));
