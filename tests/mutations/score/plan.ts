/** The task of one process with one test file. Without mutants it finds out which tests reach which. */
export interface Plan {
  out: string;
  /** The mutant that is active while the modules are loaded. */
  loaded?: string | undefined;
  mutants?: readonly { id: string; tests: readonly number[] }[] | undefined;
  /** How long each test takes without mutants. */
  took: readonly number[];
}

export interface Hits {
  broken: string | undefined;
  /** Whether the tests can run twice in one process. */
  isRepeatable: boolean;
  /** Reached while the modules are loaded, outside of any test, and by each test. */
  loading: readonly string[];
  between: readonly string[];
  reached: readonly (readonly string[])[];
  took: readonly number[];
}

export interface Tried {
  id: string;
  /** The failed test; absent: all passed. */
  killer?: string | undefined;
  /** False: the tests fail without the mutant, too, and the process ends. */
  isSound?: boolean;
}
