import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { describeKubernetes, type KubernetesObject, Rendered, type Workload } from '../kubernetes/rendered.ts';
import { isPinned } from '../supply-chain/pins.ts';
import { PROJECT, SERVICES } from '../support/project.ts';
import { type Ended, run } from './program.ts';

const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const NAMES = [...SERVICES, 'migrate'];
const DIGEST = `sha256:${'d'.repeat(64)}`;
const IMAGES = 'registry.example.com/Shop/OMS';

describeKubernetes('the file that installs a version', () => {
  let folder: string;
  let ended: Ended;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oms-install-'));
    writeFileSync(join(folder, 'digests'), JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, DIGEST]))));
    ended = await run('install.js', [join(folder, 'digests')], { env: { IMAGES } });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const objects = () => parseAllDocuments(ended.said).map((document) => document.toJS() as KubernetesObject);
  const imagesOf = (all: readonly Pick<Workload, 'pod'>[]) =>
    all.flatMap(({ pod }) => pod.spec.containers.map(({ image }) => image));

  it('pins every image to the bytes of this version, where this version is published', () => {
    expect(ended.code).toBe(0);
    const pods = objects().filter(({ spec }) => spec?.template?.spec);
    const images = imagesOf(pods.map(({ spec }) => ({ pod: spec.template })));
    expect(images.length).toBeGreaterThan(NAMES.length);
    expect(images.filter((image) => !isPinned(image))).toEqual([]);
    const ours = images.filter((image) => image.includes(DIGEST)).map((image) => image.split('@')[0]);
    expect([...new Set(ours)].sort()).toEqual(
      NAMES.map((name) => `registry.example.com/shop/oms/${name}:${version}`).sort(),
    );
  });

  it('is the overlay that is tested, but for where its images are', () => {
    const text = JSON.stringify(objects()).replaceAll('registry.example.com/shop/', '').replaceAll(`@${DIGEST}`, '');
    expect(JSON.parse(text)).toEqual(new Rendered('install').objects);
  });

  it('leaves nothing behind', () => {
    expect(readdirSync(join(PROJECT, '.data')).filter((name) => name.startsWith('install-'))).toEqual([]);
  });
});

it('without digests there is none', async () => {
  expect(await run('install.js', [], { env: { IMAGES } })).toMatchObject({ code: 1 });
});
