import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, until } from '../containers/command.js';
import { SERVICES } from '../containers/compose.js';
import { resourcesOfOthers } from '../resources.js';
import { evaluate, get, inOms, kubectl, place } from './cluster.js';
import { allReady, booksBalance } from './system.js';

const EXAMPLES = join(ROOT, 'k8s/overlays/production/secrets.example');
const OTHERS = 'http://127.0.0.1:4318';
const TRACES_LIMIT_MS = 60_000;

/** The overlay takes the place of the demo, on databases of its own: each service as a role that reaches no other's. */
export async function becomeProduction() {
  await kubectl('apply', '--server-side', ...resourcesOfOthers().map((file) => `--filename=${file}`));
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  await kubectl('apply', `--kustomize=${place('others')}`);
  await kubectl('wait', '--namespace=observability', '--for=condition=Ready', '--timeout=120s', 'pod/others');
  await makeRoles();
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith('.env'))) await makeSecret(file);
  await kubectl('apply', `--kustomize=${place('production')}`);
  await allReady();
  await tokensCount();
  deepEqual(await connected(), [], 'somebody is connected as another');
  await until(
    TRACES_LIMIT_MS,
    async () => (await ofOthers('/traces')).length === SERVICES.length,
    async () => `traces have come of ${(await ofOthers('/traces')).join(', ')}`,
  );
  const { items } = await get('gateways,httproutes,podmonitors,prometheusrules', '--namespace=oms');
  ok(items.length >= 5);
  return booksBalance();
}

/** Databases that are the demo's neighbours on its server. */
const here = (text) =>
  text
    .replace(/^(DATABASE_URL=postgres:\/\/)oms_(\w+:\w+)@.*$/m, '$1prod_$2@postgres:5432/prod')
    .replace(/^REDIS_URL=.*$/m, 'REDIS_URL=redis://redis:6379');

async function makeSecret(file) {
  const made = place(file);
  writeFileSync(made, here(readFileSync(join(EXAMPLES, file), 'utf8')));
  await inOms('create', 'secret', 'generic', file.replace('.env', ''), `--from-env-file=${made}`);
}

async function makeRoles() {
  const roles = ['owner', ...SERVICES].map((name) => `CREATE ROLE prod_${name} LOGIN PASSWORD 'password'`);
  await inSql([...roles, 'ALTER ROLE prod_owner CREATEDB'].join('; '));
}

const inSql = (sql) =>
  inOms(
    'exec',
    'postgres-0',
    '--',
    'sh',
    '-c',
    `PGPASSWORD=$POSTGRES_PASSWORD psql --username=postgres --tuples-only --no-align --command="${sql}"`,
  );

/** Sessions in databases of production under another name than their own. */
async function connected() {
  const lines = await inSql("SELECT datname, usename FROM pg_stat_activity WHERE datname LIKE 'prod%'");
  ok(lines.length > 0);
  return lines.split('\n').filter((line) => line.split('|')[0] !== line.split('|')[1]);
}

const ofOthers = async (path) =>
  JSON.parse(await evaluate('observability', 'others', `console.log(await (await fetch('${OTHERS}${path}')).text())`));

/** Who has none is nobody, and who has one that an issuer elsewhere has signed is a customer. */
async function tokensCount() {
  const token = await ofOthers('/token?sub=ada&role=customer');
  const order = JSON.stringify({ items: [{ productId: 'prod1', quantity: 1 }] });
  const script = `
    const place = async (headers) => (await fetch('http://gateway:8080/orders', {
      method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: '${order}' })).status;
    console.log(await place({}), await place({ Authorization: 'Bearer ${token}' }));`;
  equal(await evaluate('oms', 'load', script), '401 201');
}
