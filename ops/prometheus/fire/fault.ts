import type { Stage } from './stage.ts';

/** Something that goes wrong for real. Resolves once it has begun, to what ends it. */
export type Fault = (stage: Stage) => Promise<() => Promise<unknown>>;
