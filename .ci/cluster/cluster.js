import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, run, runNow } from '../containers/command.js';

/** A program that brings up a cluster, or the configuration of one that is there. */
const { CONTAINER_CLUSTER, KUBECONFIG } = process.env;
const NODES = { NODES: '2' };

/** A machine on which no namespace is mounted is one that the program does not expect. */
const MOUNTED = 'oms-cluster';

export const isPossible = Boolean(CONTAINER_CLUSTER || KUBECONFIG);

const program = CONTAINER_CLUSTER ? [CONTAINER_CLUSTER, 'kubectl'] : ['kubectl'];
const state = { startedHere: false };

export const kubectl = (...args) => run(program[0], [...program.slice(1), ...args]);
export const inOms = (...args) => kubectl('--namespace=oms', ...args);
export const get = async (...args) => JSON.parse(await kubectl('get', '--output=json', ...args));
export const pods = async (name) =>
  (await get('pods', '--namespace=oms', `--selector=app.kubernetes.io/name=${name}`)).items;

/** JavaScript in a pod; what it prints is answered. */
export const evaluate = (namespace, pod, script) =>
  kubectl(`--namespace=${namespace}`, 'exec', pod, '--', 'node', '--input-type=module', '--eval', script);

/** The same, while something else happens, until its input ends. */
export function start(pod, script) {
  const [first, ...rest] = program;
  const args = [
    ...rest,
    '--namespace=oms',
    'exec',
    '--stdin',
    pod,
    '--',
    'node',
    '--input-type=module',
    '--eval',
    script,
  ];
  const child = spawn(first, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(said));
  });
  return { said: () => said, end: () => child.stdin.end(), ended };
}

export async function up() {
  if (!CONTAINER_CLUSTER) return;
  state.startedHere = !runNow(CONTAINER_CLUSTER, ['kubectl', 'get', 'nodes']);
  runNow('ip', ['netns', 'add', MOUNTED]);
  await run(CONTAINER_CLUSTER, ['up'], NODES);
}

export async function load(images) {
  if (CONTAINER_CLUSTER) await run(CONTAINER_CLUSTER, ['load', ...images], NODES);
  clear();
}

export function down() {
  if (!CONTAINER_CLUSTER && !KUBECONFIG) return;
  if (state.startedHere) runNow(CONTAINER_CLUSTER, ['down']);
  else clear();
  if (CONTAINER_CLUSTER) runNow('ip', ['netns', 'delete', MOUNTED]);
}

/** What an earlier run left behind would be part of what is seen. */
const clear = () =>
  runNow(program[0], [
    ...program.slice(1),
    'delete',
    '--ignore-not-found',
    'namespace',
    'oms',
    'monitoring',
    'observability',
  ]);

export const place = (...names) => join(ROOT, '.data/cluster', ...names);
