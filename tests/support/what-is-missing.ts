import { spawnSync } from 'node:child_process';
import { canRunKafka } from '../../shared/src/events/kafka.ts';
import { hasChromium } from '../browser/chromium.ts';
import { missing } from '../integrating/needed.ts';

const isThere = (program: string) => spawnSync(program, ['--version']).error === undefined;
const program = (name: string) => (isThere(name) ? undefined : `there is no ${name} on the PATH`);

/** What suites need, by folder, except those that are skipped anyway. */
export function whatIsMissing(leftOut: readonly string[]): (string | undefined)[] {
  const needs: Record<string, () => string | undefined> = {
    'tests/servers/redis': () => program('redis-server'),
    'tests/kubernetes/': () => program('kubectl'),
    'tests/integrating/': missing,
    'tests/start/terminal': () => program('script'),
    'tests/monitoring/': () => program('prometheus'),
    'tests/kafka/': () => {
      if (!canRunKafka(process.version)) return `Node ${process.version} is too old for Kafka's client`;
      return process.env.KAFKA_JARS ? undefined : 'KAFKA_JARS names no folder';
    },
    'tests/tracing/zipkin.test.ts': () => (process.env.ZIPKIN_JAR ? undefined : 'ZIPKIN_JAR names no file'),
    'tests/browser/': () => (hasChromium ? undefined : 'there is no Chromium (CHROMIUM can name one)'),
  };
  return Object.keys(needs)
    .filter((place) => !leftOut.includes(place))
    .map((place) => needs[place]?.());
}
