import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';
import { openTracer } from './open-tracer.ts';

const log = createLogger('order', 'silent');
const about = { service: 'order', version: '1', instance: 'I1', random: Math.random, log };

it('without an endpoint there is no tracer', async () => {
  expect(await openTracer(about, { TRACE_SAMPLE: 1 })).toBeUndefined();
});

it.each([
  ['', false],
  ["ZIPKIN_URL: 'http://127.0.0.1:9'", true],
])('the libraries of a tracer are loaded only with an endpoint: %s', async (wanted, loaded) => {
  const built = new URL('../../dist/', import.meta.url);
  const script = `
    const { default: { _cache } } = await import('node:module');
    await import('${built}service/service.js');
    const { openTracer } = await import('${built}telemetry/open-tracer.js');
    await openTracer({ service: 'order', version: '1', instance: 'I1' }, { ${wanted} });
    console.log(Object.keys(_cache).filter((file) => file.includes('@opentelemetry/sdk')).length);`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH } });
  expect(Number(stdout) > 0).toBe(loaded);
});
