import { AT_THE_GATEWAY } from './at-the-gateway.ts';
import type { Mutation } from './mutation.ts';
import { OF_SERVICES } from './order.ts';
import { PROMISES } from './promises.ts';
import { SAFEGUARDS } from './safeguards.ts';
import { OF_SHARED } from './shared.ts';

export const MUTATIONS: readonly Mutation[] = [
  ...PROMISES,
  ...SAFEGUARDS,
  ...AT_THE_GATEWAY,
  ...OF_SERVICES,
  ...OF_SHARED,
];
