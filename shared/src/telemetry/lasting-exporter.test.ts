import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Collector, startCollector } from '../../../tests/servers/span-collector.ts';
import { freePort } from '../../../tests/support/free-port.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';
import { LastingExporter } from './lasting-exporter.ts';
import { createLogger } from './logger.ts';
import { openTracer } from './open-tracer.ts';
import type { Tracer } from './span.ts';
import { traceOf } from './trace.ts';

type Done = Parameters<LastingExporter['export']>[1];

const log = createLogger('order', 'silent');
const logged = { warn: jest.spyOn(log, 'warn'), info: jest.spyOn(log, 'info') };
const about = { service: 'order', version: '1', instance: 'I1', random: Math.random, log };

let collector: Collector | undefined;
let tracer: Tracer;
let port: number;
beforeEach(async () => {
  jest.clearAllMocks();
  port = await freePort();
  tracer = (await openTracer(about, { ZIPKIN_URL: `http://127.0.0.1:${port}`, TRACE_SAMPLE: 1 })) as Tracer;
});
afterEach(async () => {
  letTimeRun();
  await tracer.close(100);
  await collector?.close();
  collector = undefined;
});

const record = (times = 1) => {
  for (let i = 0; i < times; i++) tracer.begin(traceOf(undefined, undefined, Math.random), 'GET', 'server').span?.end();
};
const listen = async () => {
  collector = await startCollector(port);
  return collector;
};

describe('while traces cannot be exported', () => {
  it('one line of the log says so, and another when they are exported again, with how many were lost', async () => {
    const gone = await listen();
    gone.answer = (_req, res) => void res.writeHead(500).end();
    record(3);
    await until(() => logged.warn.mock.calls.length > 0);
    record(2);
    await until(() => gone.bodies.length === 2);
    gone.answer = (_req, res) => void res.writeHead(202).end();
    record();
    await until(() => logged.info.mock.calls.length > 0);
    const to = `127.0.0.1:${port}`;
    const reason = expect.stringContaining('500');
    expect(logged.warn.mock.calls).toEqual([['traces cannot be handed over', { to, reason }]]);
    expect(logged.info.mock.calls).toEqual([['traces are handed over again', { to, lost: 5 }]]);
  });

  it('the line says that the connection was refused', async () => {
    record();
    await until(() => logged.warn.mock.calls.length > 0);
    expect(JSON.stringify(logged.warn.mock.calls)).toContain('ECONNREFUSED');
  });

  it('spans beyond the limit are dropped, and those after the outage are exported', async () => {
    record(20_000);
    const back = await listen();
    await until(() => back.spans.length > 0);
    await tracer.close(5_000);
    expect(back.spans.length).toBeLessThan(10_000);
  });

  it('the shutdown is not held up, even by a receiver that never answers', async () => {
    const silent = await listen();
    silent.answer = () => {};
    record();
    await until(() => silent.bodies.length === 1);
    stopTime();
    record();
    const closing = tracer.close(200);
    await pass(200);
    await closing;
  });
});

describe('a receiver that never answers', () => {
  it('has a timeout of ten seconds, and gets nothing more before it has answered some requests', () => {
    stopTime();
    const answers: (() => void)[] = [];
    const silent = { export: (_: unknown, done: Done) => void answers.push(() => done({ code: 0 })) };
    const exporter = new LastingExporter('there', { ...silent, shutdown: async () => {} }, log);
    const ended: number[] = [];
    const hand = (i: number) => exporter.export([], () => ended.push(i));
    for (let i = 1; i <= 8; i++) hand(i);
    jest.advanceTimersByTime(9_999);
    expect([ended, answers.length]).toEqual([[], 8]);
    hand(9);
    expect([ended, answers.length]).toEqual([[9], 8]);
    jest.advanceTimersByTime(1);
    expect(ended).toEqual([9, 1, 2, 3, 4, 5, 6, 7, 8]);
    hand(10);
    expect(answers).toHaveLength(8);
    answers[0]?.();
    hand(11);
    expect([ended.length, answers.length]).toEqual([10, 9]);
  });
});

it('the shutdown exports what is left', async () => {
  const { bodies } = await listen();
  record(1_200);
  await tracer.close(5_000);
  expect(bodies.flatMap(({ text }) => JSON.parse(text))).toHaveLength(1_200);
});
