import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, ROOT, run, runNow, until } from './command.js';
import { composeFiles, LEFT_OUT } from './engine.js';

const FULL = ['--env-file', '.env.full.example'];
const HEALTHY_LIMIT_MS = 120_000;

/** A project of its own, on ports that are free, so that it disturbs nobody. */
const SETTINGS = {
  COMPOSE_PROJECT_NAME: 'oms-check',
  ...Object.fromEntries(
    [
      'ORDER',
      'INVENTORY',
      'PAYMENT',
      'SHIPPING',
      'PRODUCT',
      'NOTIFICATION',
      'GATEWAY',
      'PROMETHEUS',
      'ALERTMANAGER',
      'GRAFANA',
      'ZIPKIN',
      'LOGS',
    ].map((name) => [`${name}_ADDRESS`, '127.0.0.1:']),
  ),
  // Kafka has to say at which port it is found, so it cannot be given any.
  KAFKA_ADDRESS: '127.0.0.1:29092',
  CHAOS_API: 'true',
  AUTH_TOKENS: 'true',
  ...(LEFT_OUT.includes('kafka') ? { KAFKA_BROKERS: '' } : {}),
  ...(LEFT_OUT.includes('zipkin') ? { ZIPKIN_URL: '' } : {}),
};
const BESIDE = `${SETTINGS.COMPOSE_PROJECT_NAME}.beside`;
const network = (name) => `${SETTINGS.COMPOSE_PROJECT_NAME}_${name}`;
export const NETWORK = network('default');
export const DATABASE_NETWORK = network('database');

/** Where each service is, inside the network. */
export const ADDRESSES = Object.fromEntries([
  ...[...readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8').matchAll(/_SERVICE_URL: (http:\/\/(\w+):\d+)$/gm)].map(
    ([, address, name]) => [name, address],
  ),
  ['gateway', 'http://gateway:8080'],
]);
export const SERVICES = Object.keys(ADDRESSES);

let program;
let containerLogs;

/** Looked for when it is wanted: where there is no engine yet, docker-compose comes with it. */
function command(args) {
  program ??= runNow('docker-compose', ['version']) ? ['docker-compose'] : ['docker', 'compose'];
  const all = args[0] === FULL[0] ? ['docker-compose.yml', 'docker-compose.full.yml'] : ['docker-compose.yml'];
  containerLogs ??= placeOfLogs();
  const env = { ...SETTINGS, CONTAINER_LOGS: containerLogs, COMPOSE_FILE: composeFiles(...all) };
  return [program[0], [...program.slice(1), ...args], env];
}

/** Where this engine keeps what containers write; unknown where there is none. */
function placeOfLogs() {
  const { stdout } = spawnSync('docker', ['info', '--format={{.DockerRootDir}}'], { encoding: 'utf8' });
  return stdout?.trim() ? `${stdout.trim()}/containers` : undefined;
}

export const compose = (...args) => run(...command(args));
export const composeFull = (...args) => compose(...FULL, ...args);

/** A container beside those of docker-compose, marked so that `down` finds it. */
export const runBeside = (...args) => docker('run', `--label=${BESIDE}`, ...args);

/** Takes away everything that the checks have started, with its data. The images stay, so that the next time is quick. */
export function down() {
  const left = spawnSync('docker', ['ps', '--all', '--quiet', `--filter=label=${BESIDE}`], { encoding: 'utf8' });
  for (const id of left.stdout?.split('\n').filter(Boolean) ?? []) runNow('docker', ['rm', '--force', '--volumes', id]);
  runNow(...command([...FULL, 'down', '--volumes', '--remove-orphans', '--timeout=20']));
}

export function printLogs() {
  runNow(...command([...FULL, 'logs', '--no-color', '--tail=20']), 'inherit');
}

/** What the engine knows of the container of a service. */
export async function inspect(service) {
  return JSON.parse(await docker('inspect', await containerOf(service)))[0];
}

/** Runs JavaScript in the container of a service, as the service's user, and answers what it prints. */
export async function evaluate(service, script) {
  return docker('exec', await containerOf(service), 'node', '--input-type=module', '--eval', script);
}

function containerOf(service) {
  const labels = { project: SETTINGS.COMPOSE_PROJECT_NAME, service };
  const filters = Object.entries(labels).map(([name, value]) => `--filter=label=com.docker.compose.${name}=${value}`);
  return docker('ps', '--all', '--quiet', ...filters);
}

export async function allHealthy(names) {
  const unwell = async () => {
    const states = await Promise.all(names.map(async (name) => [name, (await inspect(name)).State.Health?.Status]));
    return states.filter(([, status]) => status !== 'healthy').map(([name, status]) => `${name} is ${status}`);
  };
  const isWell = async () => (await unwell()).length === 0;
  await until(HEALTHY_LIMIT_MS, isWell, async () => (await unwell()).join(', '));
}
