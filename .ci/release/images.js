#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Complaint, runCommand } from '../../scripts/complaint.js';
import { ROOT } from '../../scripts/root.js';

/**
 * The images of a release, at the place that IMAGES names.
 *   node .ci/release/images.js build FILE            builds each for the architecture of this machine, pushes it without a tag, and
 *                                                    writes the digests to FILE
 *   node .ci/release/images.js join FILE DIGESTS…    makes one image of those of all architectures, with the version as its tag, and
 *                                                    writes the digests to FILE, and to FILE.sums as sha256sum does
 */
const { IMAGES, REVISION = 'unknown', SOURCE } = process.env;
const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const { version } = jsonOf(join(ROOT, 'package.json'));

const SERVICES = readdirSync(join(ROOT, 'services')).filter((name) =>
  existsSync(join(ROOT, 'services', name, 'src/config.ts')),
);
const NAMES = [...SERVICES, 'migrate'];

await runCommand(() => {
  const [command, file, ...digests] = process.argv.slice(2);
  // References of images are in lower case, whatever the repository is called.
  const place = IMAGES?.toLowerCase();
  if (!place || !file || !['build', 'join'].includes(command)) throw new Complaint('See the beginning of images.js.');
  if (command === 'build') write(file, (name) => build(place, name));
  else joinAll(place, file, digests.map(jsonOf));
});

function jsonOf(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function write(file, digestOf) {
  const digests = Object.fromEntries(NAMES.map((name) => [name, checked(digestOf(name), name)]));
  writeFileSync(file, `${JSON.stringify(digests, null, 2)}\n`);
  return digests;
}

function checked(digest, name) {
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new Complaint(`Nobody says the digest of ${name}.`);
}

function build(place, name) {
  const told = join(mkdtempSync(join(tmpdir(), 'oms-')), 'metadata.json');
  const recipe = name === 'migrate' ? ['--target=migrate'] : [`--build-arg=SERVICE=${name}`];
  docker('build', [
    ...recipe,
    ...[`--build-arg=VERSION=${version}`, `--build-arg=REVISION=${REVISION}`],
    ...(SOURCE ? [`--label=org.opencontainers.image.source=${SOURCE}`] : []),
    ...['--provenance=mode=max', '--sbom=true', `--metadata-file=${told}`],
    `--output=type=image,name=${place}/${name},push-by-digest=true,name-canonical=true,push=true`,
    ROOT,
  ]);
  return jsonOf(told)['containerimage.digest'];
}

function joinAll(place, file, all) {
  const digests = write(file, (name) => {
    const tagged = `${place}/${name}:${version}`;
    const parts = all.map((digests) => `${place}/${name}@${checked(digests[name], name)}`);
    docker('imagetools', ['create', `--tag=${tagged}`, ...parts]);
    const { digest, manifests } = JSON.parse(docker('imagetools', ['inspect', '--format={{json .Manifest}}', tagged]));
    const found = manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`);
    const missing = PLATFORMS.filter((platform) => !found.includes(platform));
    if (missing.length > 0) throw new Complaint(`${tagged} is not there for ${missing.join(' and ')}.`);
    return digest;
  });
  const lines = NAMES.map((name) => `${digests[name].replace('sha256:', '')}  ${place}/${name}\n`);
  writeFileSync(`${file}.sums`, lines.join(''));
}

function docker(command, args) {
  return execFileSync('docker', ['buildx', command, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
