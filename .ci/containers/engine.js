import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, ROOT, run, runNow } from './command.js';

const { CONTAINER_ENGINE } = process.env;

/** What a public image is replaced by on a machine that reaches no registry of images. */
const STAND_INS = ['node', 'postgres', 'redis', 'prometheus'];

/** What is left out there: it has no stand-in. */
export const LEFT_OUT = CONTAINER_ENGINE ? ['kafka', 'grafana', 'zipkin'] : [];

const engine = { startedHere: false };

export async function ensureEngine() {
  if (!CONTAINER_ENGINE) return;
  engine.startedHere = !runNow('docker', ['info']);
  await run(CONTAINER_ENGINE, ['up']);
  for (const image of publicImages()) {
    const kind = image.split(':')[0].split('/').at(-1);
    if (!STAND_INS.includes(kind) || (await docker('images', '--quiet', image)) !== '') continue;
    await run(CONTAINER_ENGINE, ['image', image, kind]);
  }
}

export function releaseEngine() {
  if (engine.startedHere) runNow(CONTAINER_ENGINE, ['down']);
}

/** The image that all of ours are based on. */
export const baseImage = () => /^FROM (\S+)/m.exec(read('Dockerfile'))[1];

const publicImages = () => [
  baseImage(),
  ...[...read('docker-compose.full.yml').matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => image),
];

const read = (file) => readFileSync(join(ROOT, file), 'utf8');
