import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { parse } from 'yaml';
import { allHealthy, compose, composeFull, composeShipped, SERVICES, upFull, use } from './compose.js';
import { placeOrder } from './orders.js';

/** What the first of the programs does with these files, the others do as well. All that they start is gone afterwards. */
export async function checkPrograms(tally, [first, ...others]) {
  use(first);
  await tally.check(
    `without its passwords the full one does not start with ${first.name}, and says so`,
    checkPasswords,
  );
  const wanted = await understood();
  for (const program of others) {
    use(program);
    await tally.check(`nor does it with ${program.name}`, checkPasswords);
    await tally.check(`${program.name} reads both files as ${first.name} does`, async () => {
      deepEqual(await understood(), wanted);
    });
    await tally.check(`${program.name} brings the default up, an order is placed, and it goes down`, checkDefaultOrder);
  }
  if (others.length === 0) return;
  // The full one stays with the last, for all that is looked at there.
  use(first);
  await tally.check(`${first.name} brings the full one up, an order is placed, and it goes down`, checkFullOrder);
  use(others.at(-1));
}

async function understood() {
  return { small: meant(await composeShipped.small('config')), full: meant(await composeShipped.full('config')) };
}

async function checkPasswords() {
  const files = ['--file=docker-compose.yml', '--file=docker-compose.full.yml'];
  await rejects(compose(...files, 'up', '--detach'), ({ message }) => {
    match(message, /[A-Z]+_PASSWORD is not set/);
    return true;
  });
}

async function checkDefaultOrder() {
  await compose('up', '--detach');
  await allHealthy(SERVICES);
  await placeOrder();
  await compose('down');
  equal(await compose('ps', '--all', '--quiet'), '');
}

async function checkFullOrder() {
  await upFull();
  await placeOrder();
  await composeFull('down', '--volumes');
  equal(await composeFull('ps', '--all', '--quiet'), '');
}

/** What a program understood, in words that all of them would use. */
function meant(config) {
  const { services, networks, volumes } = parse(config);
  const isInternal = ([name, network]) => [name, network?.internal === true];
  return {
    services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, serviceOf(service)])),
    networks: Object.fromEntries(
      Object.entries(networks ?? {})
        .filter(([name]) => name !== 'default')
        .map(isInternal),
    ),
    volumes: Object.keys(volumes ?? {}).sort(),
  };
}

const AS_THEY_ARE = [
  'image',
  'user',
  'init',
  'read_only',
  'restart',
  'command',
  'logging',
  'cap_drop',
  'cap_add',
  'security_opt',
  'stop_grace_period',
];

function serviceOf(service) {
  const { build, environment = {}, depends_on = {}, networks = { default: null }, ports = [], volumes = [] } = service;
  return {
    ...Object.fromEntries(AS_THEY_ARE.map((key) => [key, service[key]])),
    build: build?.args,
    cpus: Number(service.cpus ?? 0),
    memory: bytes(service.mem_limit),
    environment: Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== null)),
    after: Object.entries(depends_on)
      .map(([name, { condition }]) => `${name} ${condition}`)
      .sort(),
    networks: Object.keys(networks).sort(),
    healthcheck: service.healthcheck?.test,
    ports: ports.map((port) =>
      typeof port === 'string' ? port : `${port.host_ip}:${port.published ?? ''}:${port.target}/${port.protocol}`,
    ),
    volumes: volumes
      .map((one) => (typeof one === 'string' ? one : `${one.source}:${one.target}:${one.read_only ? 'ro' : 'rw'}`))
      .sort(),
  };
}

const UNITS = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
function bytes(limit) {
  const [, count, unit] = /^(\d+)([kmg]?)$/.exec(limit);
  return Number(count) * (UNITS[unit] ?? 1);
}
