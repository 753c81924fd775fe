import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { docker, ROOT, run, runNow } from './command.js';

const { CONTAINER_ENGINE } = process.env;

/** What a public image is replaced by on a machine that reaches no registry of images. */
const STAND_INS = ['node', 'postgres', 'redis', 'kafka', 'zipkin'];

/** What CI builds from Go modules (.ci/stages.sh) and puts where the image has it, with the user and the folder that the image has. */
const BUILT = {
  prometheus: {
    programs: { 'prometheus/prometheus': '/bin/prometheus', 'prometheus/promtool': '/bin/promtool' },
    user: 65534,
    folder: '/prometheus',
  },
  alertmanager: {
    programs: { 'prometheus/alertmanager': '/bin/alertmanager' },
    user: 65534,
    folder: '/alertmanager',
  },
  'victoria-logs': { programs: { 'logs/victoria-logs': '/victoria-logs-prod' }, user: 65532 },
  'opentelemetry-collector-contrib': { programs: { 'logs/otelcol': '/otelcol-contrib' }, user: 10001 },
};
const isBuilt = ({ programs }) => Object.keys(programs).every((program) => existsSync(join(ROOT, '.data', program)));

const END_LIMIT_S = 60;
const STAND_IN_FILE = join(ROOT, '.data/stand-ins.yml');
const STAND_IN_RECIPE = join(ROOT, '.data/Dockerfile.stand-in');

/** What is left out there, since it has no stand-in: Grafana is in no registry but those of images, the rest is not built yet. */
export const LEFT_OUT = CONTAINER_ENGINE
  ? ['grafana', ...Object.keys(BUILT).filter((kind) => !isBuilt(BUILT[kind]))]
  : [];

const engine = { startedHere: false };

export async function ensureEngine() {
  if (!CONTAINER_ENGINE) return;
  engine.startedHere = !runNow('docker', ['info']);
  await run(CONTAINER_ENGINE, ['up']);
  for (const image of publicImages()) {
    const kind = image.split(':')[0].split('/').at(-1);
    if (kind in BUILT && !LEFT_OUT.includes(kind)) await build(image, BUILT[kind]);
    if (!STAND_INS.includes(kind) || (await docker('images', '--quiet', image)) !== '') continue;
    // Of some it cannot tell from the tag which version it has to be.
    await run(CONTAINER_ENGINE, ['image', image, kind], { [`${kind.toUpperCase()}_VERSION`]: image.split(':')[1] });
  }
  writeStandIns();
}

/** On the image of Node, which has a shell and wget. */
async function build(image, { programs, user, folder }) {
  const context = join(ROOT, '.data/stand-in', basename(image).split(':')[0]);
  mkdirSync(context, { recursive: true });
  for (const program of Object.keys(programs))
    copyFileSync(join(ROOT, '.data', program), join(context, basename(program)));
  const places = Object.entries(programs);
  const recipe = [
    `FROM ${baseImage()}`,
    ...places.map(([program, place]) => `COPY ${basename(program)} ${place}`),
    ...(folder ? [`RUN mkdir -p ${folder} && chown ${user}:${user} ${folder}`] : []),
    `USER ${user}:${user}`,
    `ENTRYPOINT ["${places[0][1]}"]`,
  ];
  writeFileSync(join(context, 'Dockerfile'), `${recipe.join('\n')}\n`);
  await docker('build', '--quiet', `--tag=${image}`, context);
}

/** A stand-in cannot have the digest of what it stands in for: it is used by the tag, beside the files as they are. */
function writeStandIns() {
  mkdirSync(join(ROOT, '.data'), { recursive: true });
  writeFileSync(STAND_IN_RECIPE, withoutDigests(read('Dockerfile')));
  const built = [...read('docker-compose.yml').matchAll(/^ {2}(\w+):\n {4}<<: \*service$/gm)].map(
    ([, name]) => `  ${name}: {build: {dockerfile: .data/Dockerfile.stand-in}}`,
  );
  const fetched = [
    ...read('docker-compose.full.yml').matchAll(/^ {2}([\w-]+):\n(?: {4}.*\n)*? {4}image: (\S+)$/gm),
  ].map(([, name, image]) => `  ${name}: {image: "${withoutDigests(image)}"}`);
  const file = (services) => `services:\n${services.join('\n')}\n`;
  writeFileSync(STAND_IN_FILE, file(built));
  writeFileSync(`${STAND_IN_FILE}.full`, file([...built, ...fetched]));
}

/** It answers nobody at once, but needs its files until it has ended: another that starts meanwhile fails on them. */
export function releaseEngine() {
  if (!engine.startedHere) return;
  runNow(CONTAINER_ENGINE, ['down']);
  runNow('timeout', [String(END_LIMIT_S), 'sh', '-c', 'while pgrep -x dockerd; do sleep 0.2; done']);
}

/** The files that compose reads, and the recipe of the images. */
export const composeFiles = (...files) => [
  ...files,
  ...(CONTAINER_ENGINE ? [files.length > 1 ? `${STAND_IN_FILE}.full` : STAND_IN_FILE] : []),
];
export const recipe = () => (CONTAINER_ENGINE ? STAND_IN_RECIPE : 'Dockerfile');

/** The image that all of ours are based on. */
export const baseImage = () => available(/^FROM (\S+)/m.exec(read('Dockerfile'))[1]);

const publicImages = () => [
  baseImage(),
  ...[...read('docker-compose.full.yml').matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => available(image)),
];

const available = (image) => (CONTAINER_ENGINE ? withoutDigests(image) : image);
const withoutDigests = (text) => text.replaceAll(/@sha256:[0-9a-f]{64}/g, '');

const read = (file) => readFileSync(join(ROOT, file), 'utf8');
