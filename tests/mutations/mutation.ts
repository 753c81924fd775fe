/** One edit that takes away something that is promised, and who must notice. */
export interface Mutation {
  /** What is promised, and taken away. */
  name: string;
  file: string;
  /** Stands in the file once. */
  from: string;
  to: string;
  /** The test that turns red: the title is as it stands in the source. */
  test?: { file: string; title: string };
  /** Which of the machines that know nothing of the mechanisms can see it, too. */
  machines?: readonly Machine[];
  /** Set when the test starts processes of what is built. */
  needs?: 'build';
}

export type Machine = 'simulation' | 'crash';
