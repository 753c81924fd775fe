/** One edit that breaks a promise, and what must notice it. */
export interface Mutation {
  /** The promise that the edit breaks. */
  name: string;
  file: string;
  /** Occurs in the file exactly once. */
  from: string;
  to: string;
  /** The test that must fail; the title as in the source. */
  test?: { file: string; title: string };
  /** The machines that notice it, too. */
  machines?: readonly Machine[];
  /** Set when the test starts compiled processes. */
  needs?: 'build';
}

export type Machine = 'simulation' | 'crash';
