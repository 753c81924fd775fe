import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT, SERVICES } from '../support/project.ts';
import { run } from './program.ts';

const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const NAMES = [...SERVICES, 'migrate'];
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const BOTH = [
  { platform: { os: 'linux', architecture: 'amd64' } },
  { platform: { os: 'linux', architecture: 'arm64' } },
  { platform: { os: 'unknown', architecture: 'unknown' } },
];

/** A docker that records what it is asked, and answers what it is told to. */
const DOCKER = `#!/bin/sh
for arg in "$@"; do
  echo "$arg" >> "$ASKED"
  case "$arg" in
    --metadata-file=*) echo "$BUILT" > "\${arg#*=}" ;;
    inspect) echo "$MANIFEST" ;;
  esac
done
echo >> "$ASKED"
exit "$CODE"
`;

interface Answers {
  built?: object;
  manifest?: object;
  code?: number;
}

let folder: string;
const place = (name: string) => join(folder, name);
const asked = (): string[][] =>
  existsSync(place('asked'))
    ? readFileSync(place('asked'), 'utf8')
        .trim()
        .split('\n\n')
        .map((one) => one.split('\n'))
    : [];
const jsonOf = (name: string) => JSON.parse(readFileSync(place(name), 'utf8'));

function images(args: string[], { built, manifest, code }: Answers = {}) {
  const env = {
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    ASKED: place('asked'),
    BUILT: JSON.stringify(built ?? { 'containerimage.digest': digest('b') }),
    MANIFEST: JSON.stringify(manifest ?? { digest: digest('c'), manifests: BOTH }),
    CODE: String(code ?? 0),
    IMAGES: 'registry.example.com/Shop/OMS',
    REVISION: 'f00',
    SOURCE: 'https://example.com/Shop/OMS',
  };
  return run('images.js', args, { env });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oms-images-'));
  writeFileSync(place('docker'), DOCKER, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the images of one architecture', () => {
  it('are all built, by the one recipe, and pushed by digest with their provenance and contents', async () => {
    expect(await images(['build', place('one.json')])).toEqual({ code: 0, said: '' });
    expect(asked()).toHaveLength(NAMES.length);
    for (const [i, name] of NAMES.entries()) {
      const recipe = name === 'migrate' ? '--target=migrate' : `--build-arg=SERVICE=${name}`;
      expect(asked()[i]).toEqual(
        expect.arrayContaining([
          ...['buildx', 'build', recipe, `--build-arg=VERSION=${version}`, '--build-arg=REVISION=f00'],
          ...[
            '--label=org.opencontainers.image.source=https://example.com/Shop/OMS',
            '--provenance=mode=max',
            '--sbom=true',
          ],
          `--output=type=image,name=registry.example.com/shop/oms/${name},push-by-digest=true,name-canonical=true,push=true`,
        ]),
      );
    }
    expect(jsonOf('one.json')).toEqual(Object.fromEntries(NAMES.map((name) => [name, digest('b')])));
  });

  it.each([
    ['a build fails', { code: 3 }],
    ['a build says no digest', { built: {} }],
  ] as [string, Answers][])('are none if %s', async (_what, answers) => {
    expect((await images(['build', place('one.json')], answers)).code).toBe(1);
    expect(asked()).toHaveLength(1);
    expect(existsSync(place('one.json'))).toBe(false);
  });
});

describe('the images of all architectures', () => {
  const join = (answers?: Answers) => images(['join', place('all.json'), place('x'), place('arm')], answers);
  beforeEach(() => {
    for (const [file, digit] of [
      ['x', '1'],
      ['arm', '2'],
    ] as const)
      writeFileSync(place(file), JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, digest(digit)]))));
  });

  it('are one each, with the version as its tag', async () => {
    expect(await join()).toEqual({ code: 0, said: '' });
    const created = asked().filter((args) => args.includes('create'));
    expect(created).toEqual(
      NAMES.map((name) => [
        ...['buildx', 'imagetools', 'create', `--tag=registry.example.com/shop/oms/${name}:${version}`],
        `registry.example.com/shop/oms/${name}@${digest('1')}`,
        `registry.example.com/shop/oms/${name}@${digest('2')}`,
      ]),
    );
    expect(jsonOf('all.json')).toEqual(Object.fromEntries(NAMES.map((name) => [name, digest('c')])));
  });

  it('are listed as sha256sum lists files, for who attests them', async () => {
    await join();
    const lines = NAMES.map((name) => `${'c'.repeat(64)}  registry.example.com/shop/oms/${name}\n`);
    expect(readFileSync(place('all.json.sums'), 'utf8')).toBe(lines.join(''));
  });

  it.each([
    [
      'one is not there for an architecture',
      { manifest: { digest: digest('c'), manifests: BOTH.slice(0, 1) } },
      /is not there for linux\/arm64/,
    ],
    ['the registry says no digest', { manifest: { manifests: BOTH } }, /^Nobody says the digest/],
    ['the registry refuses', { code: 1 }, /Command failed/],
  ] as [string, Answers, RegExp][])('are none if %s', async (_what, answers, said) => {
    expect(await join(answers)).toEqual({ code: 1, said: expect.stringMatching(said) });
    expect(existsSync(place('all.json'))).toBe(false);
  });

  it('are none if one was built for one architecture only', async () => {
    const { order: _none, ...rest } = jsonOf('arm');
    writeFileSync(place('arm'), JSON.stringify(rest));
    expect(await join()).toEqual({ code: 1, said: 'Nobody says the digest of order.\n' });
  });
});

it.each([[[]], [['build']], [['push', 'file']]])('without knowing what to do it does nothing: %j', async (args) => {
  expect((await images(args)).code).toBe(1);
  expect(asked()).toEqual([]);
});
