import { connect, isIPv6 } from 'node:net';
import { Complaint } from './complaint.js';

/** Every service with its usual port. Those with an earlier turn stop first, while the ones they call still answer. */
const SERVICES = [
  { name: 'order', usualPort: 3000, stopTurn: 2, calls: ['inventory', 'payment', 'shipping', 'product'] },
  { name: 'inventory', usualPort: 3001, stopTurn: 3 },
  { name: 'payment', usualPort: 3002, stopTurn: 3 },
  { name: 'shipping', usualPort: 3003, stopTurn: 3 },
  { name: 'product', usualPort: 3004, stopTurn: 3 },
  { name: 'notification', usualPort: 3005, stopTurn: 3 },
  { name: 'gateway', usualPort: 8080, stopTurn: 1, calls: ['order'] },
];

export const SERVICE_NAMES = SERVICES.map(({ name }) => name);

const CONNECT_LIMIT_MS = 500;
const NO_CATALOG = 'none';

const variableOf = ({ name }) => `${name.toUpperCase()}_SERVICE_URL`;

/** The services of these names, or all, each with its address. */
export function chooseServices(names, env) {
  const unknown = names.filter((name) => !SERVICE_NAMES.includes(name));
  if (unknown.length > 0) {
    throw new Complaint(`There is no service ${unknown.join(', ')}. The services are: ${SERVICE_NAMES.join(', ')}.`);
  }
  const withoutCatalog = catalogOf(env) === NO_CATALOG;
  if (withoutCatalog && names.includes('product')) {
    throw new Complaint('PRODUCT_SERVICE_URL=none says that there is no catalog, so product is not started.');
  }
  const wanted = ({ name }) => (names.length === 0 ? !(withoutCatalog && name === 'product') : names.includes(name));
  const chosen = SERVICES.filter(wanted);
  const port = names.length === 1 ? portIn(env) : undefined;
  return chosen.map((service) => ({ ...service, ...addressOf(service, env, port) }));
}

/** What the others are told: where it is started, or where it is said or used to be. */
const whereabouts = (service, env) => env[variableOf(service)] || `http://${reachable(env.HOST)}:${service.usualPort}`;

/** What the chosen services need before they can do anything, and is not among them. */
export function neededBy(chosen, env) {
  const needed = new Set(chosen.flatMap(({ calls = [] }) => calls));
  for (const { name } of chosen) needed.delete(name);
  return SERVICES.filter(({ name }) => needed.has(name)).map((one) => ({ name: one.name, url: whereabouts(one, env) }));
}

/** Where the order service asks for names and prices; `none`: nowhere. */
function catalogOf(env) {
  return whereabouts(
    SERVICES.find(({ name }) => name === 'product'),
    env,
  );
}

/** Of several services each needs another one. */
function portIn({ PORT }) {
  if (!PORT) return undefined;
  if (/^\d+$/.test(PORT) && PORT > 0 && PORT < 65_536) return PORT;
  throw new Complaint(`PORT must be a port from 1 to 65535, not "${PORT}".`);
}

function addressOf(service, env, ownPort) {
  const { usualPort } = service;
  const variable = variableOf(service);
  const text = whereabouts(service, env);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') {
    throw new Complaint(`${variable} must be an address like http://127.0.0.1:${usualPort}, not "${text}".`);
  }
  if (ownPort) url.port = ownPort;
  return {
    variable,
    ownPort,
    url: url.origin,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 80),
  };
}

/** Where to call a service that was told to listen there. */
function reachable(host) {
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}

/** What a service is told: its port and everybody's address, started here or not, beside what the environment says. */
export function environmentOf({ port }, services, env, chaosMode) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const others = Object.fromEntries(SERVICES.map((service) => [variableOf(service), whereabouts(service, env)]));
  const addresses = { ...others, ...Object.fromEntries(services.map(({ variable, url }) => [variable, url])) };
  const chaos = chaosMode ? { CHAOS_MODE: 'true' } : {};
  // Half of what a service takes by itself, so that all have ended within the supervisor's limit.
  const usual = {
    ...{ HOST: '127.0.0.1', CHAOS_API: 'true', AUTH_TOKENS: 'true', TEST_TOKENS: 'true', DRAIN_MS: '4000' },
    WEBHOOK_PRIVATE_ADDRESSES: 'true',
  };
  return { ...usual, ...set, ...addresses, ...chaos, PORT: String(port) };
}

export async function refuseTakenPorts(services) {
  const taken = await Promise.all(services.map(isAnswered));
  const lines = services
    .filter((_service, i) => taken[i])
    .map(({ name, port, variable, host, ownPort }) => {
      const other = port + 10_000;
      const told = ownPort ? `PORT=${other}` : `${variable}=http://${isIPv6(host) ? `[${host}]` : host}:${other}`;
      return `Port ${port}, which ${name} needs, is taken. Stop what listens there, or choose another with ${told}`;
    });
  if (lines.length > 0) throw new Complaint(lines.join('\n'));
}

export function isAnswered({ host, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_LIMIT_MS });
    const end = (answered) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}
