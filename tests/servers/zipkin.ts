import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe } from '@jest/globals';
import { eventually } from '../e2e/http.ts';
import { freePort } from '../support/free-port.ts';
import type { ZipkinSpan } from './span-collector.ts';

const START_LIMIT_MS = 90_000;
const JAR = process.env.ZIPKIN_JAR;

/** Suites that need Zipkin. In CI they also run without it, and fail. */
export const describeZipkin: typeof describe | typeof describe.skip = JAR || process.env.CI ? describe : describe.skip;

export interface ZipkinServer {
  url: string;
  /** All spans that it has of a trace. */
  trace(traceId: string): Promise<ZipkinSpan[]>;
  /** Sends it one span. */
  tell(span: Partial<ZipkinSpan>): Promise<void>;
  stop(): Promise<void>;
}

/** A real Zipkin with its spans in memory. */
export async function startZipkin(): Promise<ZipkinServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-jar', String(JAR)];
  const env = { PATH: process.env.PATH, QUERY_PORT: String(port) };
  const server = spawn('java', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  // However the tests end, it is not left running.
  process.once('exit', () => server.kill('SIGKILL'));
  await eventually(() => isUp(url, server), Boolean, START_LIMIT_MS);
  return {
    url,
    async trace(traceId) {
      const answer = await fetch(`${url}/api/v2/trace/${traceId}`);
      return answer.status === 200 ? ((await answer.json()) as ZipkinSpan[]) : [];
    },
    async tell(span) {
      const headers = { 'Content-Type': 'application/json' };
      await fetch(`${url}/api/v2/spans`, { method: 'POST', headers, body: JSON.stringify([span]) });
    },
    async stop() {
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
  };
}

async function isUp(url: string, server: ChildProcess): Promise<boolean> {
  if (server.exitCode !== null) throw new Error('Zipkin does not start');
  const answer = await fetch(`${url}/health`).catch(() => undefined);
  return answer?.status === 200;
}
