import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { docker, ROOT, run, runNow, until } from './command.js';
import { composeFiles, LEFT_OUT } from './engine.js';
import { HURRIED } from './hurried.js';
import { programs } from './programs.js';

const FULL = ['--env-file', '.env.full.example'];
const HEALTHY_LIMIT_MS = 120_000;

/** Kafka has to say at which port it is found, so it cannot be given any. */
export const KAFKA_ADDRESS = '127.0.0.1:29092';

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
  KAFKA_ADDRESS,
  CHAOS_API: 'true',
  AUTH_TOKENS: 'true',
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

let chosen;
let containerLogs;

/** Which of the programs that are there runs what follows. */
export function use(program) {
  chosen = program;
}

/** Looked for when it is wanted: where there is no engine yet, docker-compose comes with it. */
function command(args) {
  chosen ??= programs()[0];
  const isFull = args[0] === FULL[0];
  const files = isFull
    ? [...composeFiles('docker-compose.yml', 'docker-compose.full.yml'), HURRIED]
    : composeFiles('docker-compose.yml');
  containerLogs ??= placeOfLogs();
  const env = { ...SETTINGS, ...chosen.env, CONTAINER_LOGS: containerLogs, COMPOSE_FILE: files.join(':') };
  const [name, ...first] = chosen.command;
  return [name, [...first, ...args], env];
}

/** Where this engine keeps what containers write; unknown where there is none. */
function placeOfLogs() {
  const { stdout } = spawnSync('docker', ['info', '--format={{.DockerRootDir}}'], { encoding: 'utf8' });
  return stdout?.trim() ? `${stdout.trim()}/containers` : undefined;
}

export const compose = (...args) => run(...command(args));
export const composeFull = (...args) => compose(...FULL, ...args);

/** The files as they are shipped, found as they are by who types the commands of the README. */
export const composeShipped = {
  small: (...args) => shipped(args),
  full: (...args) => shipped([...FULL, ...args]),
};
function shipped(args) {
  const [name, all, env] = command(args);
  return run(name, all, { ...env, COMPOSE_FILE: undefined });
}

/** What docker-compose.full.yml has, without what has no image here. */
export async function present() {
  const { services } = parse(await composeFull('config'));
  const isPresent = ([, { image }]) => !LEFT_OUT.some((kind) => new RegExp(`(^|/)${kind}:`).test(image));
  return Object.entries(services)
    .filter(isPresent)
    .map(([name]) => name);
}

/** All of that, healthy. */
export async function upFull() {
  const all = await present();
  await composeFull('up', '--detach', ...all);
  await allHealthy(all);
  return all;
}

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

/** One without a healthcheck is well while it runs and has never ended. */
export async function allHealthy(names) {
  const stateOf = async (name) => {
    const { State, RestartCount } = await inspect(name);
    if (State.Health) return State.Health.Status;
    return State.Running && RestartCount === 0 ? 'healthy' : `${State.Status}, restarted ${RestartCount} times`;
  };
  const unwell = async () => {
    const states = await Promise.all(names.map(async (name) => [name, await stateOf(name)]));
    return states.filter(([, state]) => state !== 'healthy').map(([name, state]) => `${name} is ${state}`);
  };
  const isWell = async () => (await unwell()).length === 0;
  await until(HEALTHY_LIMIT_MS, isWell, async () => (await unwell()).join(', '));
}

/** Where a port of a service is published on this machine. */
export const addressOf = async (service, port) => {
  const { Ports } = (await inspect(service)).NetworkSettings;
  const [{ HostIp, HostPort }] = Ports[`${port}/tcp`];
  return `http://${HostIp}:${HostPort}`;
};
