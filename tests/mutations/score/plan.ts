/** What one process is asked to do with one file of tests. Without mutants it finds out which tests reach which. */
export interface Plan {
  out: string;
  /** The mutant that is there while the modules are loaded. */
  loaded?: string | undefined;
  mutants?: readonly { id: string; tests: readonly number[] }[] | undefined;
  /** How long each test takes without any. */
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
  /** The test that failed; absent: none did. */
  killer?: string | undefined;
  /** False: the tests fail without the mutant, too, and the process ends. */
  isSound?: boolean;
}
