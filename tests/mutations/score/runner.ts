import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Hits, Plan, Tried } from './plan.ts';
import { Reached } from './reached.ts';

/**
 * Runs one file of tests for many mutants in one process: it is loaded once, and its tests run again for every mutant that
 * they reach. Top-level code of a module runs while it is loaded; a mutant there needs a separate process.
 */

interface Test {
  type: 'test';
  name: string;
  mode: string | null | undefined;
  timeout: number | undefined;
  errors: unknown[];
  status: unknown;
}
interface Block {
  type: 'describeBlock';
  children: (Block | Test)[];
  hooks: { timeout: number | undefined }[];
}
interface State {
  rootDescribeBlock: Block;
  unhandledErrors: unknown[];
  originalGlobalErrorHandlers: unknown;
}
interface CircusEvent {
  name: string;
  test: Test;
}
// biome-ignore lint/suspicious/noExplicitAny: Jest has no public types for those who run tests
type Any = any;

const plan = JSON.parse(readFileSync(process.env.MUTATION_PLAN ?? '', 'utf8')) as Plan;
const circusFolder = dirname(createRequire(import.meta.url).resolve('jest-circus/runner'));
const say = (line: Hits | Tried) => appendFileSync(plan.out, `${JSON.stringify(line)}\n`);
const patience = (ms: number) => ms * 5 + 1_500;

export default async function runTests(
  globalConfig: Any,
  config: Any,
  environment: Any,
  runtime: Any,
  testPath: string,
) {
  let active = plan.loaded;
  const reached = new Reached();
  environment.global.__mutants = {
    is(id: string) {
      if (active === undefined) reached.add(id);
      return id === active;
    },
  };
  const circus = runtime.requireInternalModule(join(circusFolder, 'jestAdapterInit.js'));
  await circus.initialize({
    ...{ config, environment, globalConfig, runtime, testPath, parentProcess: process },
    localRequire: runtime.requireModule.bind(runtime),
    sendMessageToJest: () => {},
    setGlobalsForRuntime: runtime.setGlobalsForRuntime.bind(runtime),
  });
  try {
    await runtime.unstable_importModule(testPath);
  } catch (error) {
    if (active === undefined) throw error;
    say({ id: active, killer: 'it cannot be loaded' });
    return nothing(testPath);
  }

  // Everything is loaded: from here on only the tests take time.
  appendFileSync(plan.out, '\n');
  const state = stateOf(environment.global);
  const tests = testsIn(state.rootDescribeBlock);
  const modes = tests.map(({ mode }) => mode);
  reached.loaded(tests.length);
  let began = 0;
  let failed: string | undefined;
  const took: number[] = tests.map(() => 0);
  environment.global[Symbol.for('EVENT_HANDLERS')].unshift(({ name, test }: CircusEvent) => {
    // Errors outside of tests are caught between two runs, too.
    if (name === 'teardown') state.originalGlobalErrorHandlers = errorHandlers();
    const index = tests.indexOf(test);
    if (name === 'test_start') {
      began = performance.now();
      reached.begin(index);
    }
    if (name !== 'test_done') return;
    took[index] = performance.now() - began;
    reached.end();
    if (test.errors.length === 0) return;
    failed ??= test.name;
    for (const other of tests) if (other.status === null) other.mode = 'skip';
  });

  /** The name of the failed test; undefined: all passed. */
  async function run(mutant: string | undefined, chosen: readonly number[]): Promise<string | undefined> {
    state.unhandledErrors = [];
    failed = undefined;
    for (const [i, test] of tests.entries()) {
      Object.assign(test, { errors: [], status: null, retryReasons: [], mode: chosen.includes(i) ? modes[i] : 'skip' });
    }
    active = mutant;
    await circus.runAndTransformResultsToJestFormat({ config, globalConfig, testPath });
    active = undefined;
    if (state.unhandledErrors.length > 0) failed ??= String(state.unhandledErrors[0]);
    return failed;
  }
  const all = [...tests.keys()];

  if (plan.loaded !== undefined) {
    for (const test of tests) test.timeout = patience(plan.took[tests.indexOf(test)] ?? 0);
    say({ id: plan.loaded, killer: await run(plan.loaded, all) });
    return nothing(testPath);
  }
  if (!plan.mutants) {
    const broken = await run(undefined, all);
    const first = { ...reached.all, took: [...took] };
    const again = broken === undefined ? await run(undefined, all) : broken;
    say({ broken, isRepeatable: again === undefined, ...first });
    return nothing(testPath);
  }

  for (const [i, test] of tests.entries()) test.timeout = patience(plan.took[i] ?? 0);
  for (const hook of hooksIn(state.rootDescribeBlock)) hook.timeout = 30_000;
  const sound = new Set<string>();
  for (const { id, tests: chosen } of plan.mutants) {
    const killer = await run(id, chosen);
    // Tests may fail without the mutant if they run without earlier tests, or after a mutant that left state behind.
    const until = tests.findIndex(({ name }) => name === killer);
    const needed = chosen.filter((i) => until < 0 || i <= until);
    const hung = took[until] !== undefined && took[until] > (tests[until]?.timeout ?? 0);
    const isSound =
      killer === undefined || (!hung && sound.has(needed.join())) || (await run(undefined, needed)) === undefined;
    if (isSound && killer !== undefined) sound.add(needed.join());
    say({ id, killer, isSound });
    // The process may be broken: the next mutant starts in a new one.
    if (!isSound) process.exit(0);
  }
  return nothing(testPath);
}

/** Where Jest keeps the tests of this file. */
function stateOf(global: Any): State {
  const key = Object.getOwnPropertySymbols(global).find(({ description }) => description === 'JEST_STATE_SYMBOL');
  return global[key as symbol];
}

const errorHandlers = () => ({
  uncaughtException: process.listeners('uncaughtException'),
  unhandledRejection: process.listeners('unhandledRejection'),
  rejectionHandled: process.listeners('rejectionHandled'),
});

const testsIn = (block: Block): Test[] =>
  block.children.flatMap((child) => (child.type === 'test' ? [child] : testsIn(child)));
const hooksIn = (block: Block): Block['hooks'] => [
  ...block.hooks,
  ...block.children.flatMap((child) => (child.type === 'test' ? [] : hooksIn(child))),
];

/** Jest requires a result; ours is in the file. */
const nothing = (testFilePath: string) => ({
  ...{ testFilePath, leaks: false, openHandles: [], testResults: [], skipped: false, numTodoTests: 0 },
  ...{ numFailingTests: 0, numPassingTests: 1, numPendingTests: 0, failureMessage: null },
  perfStats: {
    start: 0,
    end: 0,
    runtime: 0,
    slow: false,
    loadTestEnvironmentStart: 0,
    loadTestEnvironmentEnd: 0,
    setupAfterEnvStart: 0,
    setupAfterEnvEnd: 0,
    setupFilesStart: 0,
    setupFilesEnd: 0,
  },
  snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
});
