import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';
import { traceFrom, withTrace } from './trace.ts';

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
});

const loggerOf = (service: string, level: string) =>
  createLogger(service, level, (line) => lines.push(JSON.parse(line) as Record<string, unknown>));

describe('a log line', () => {
  it('is one JSON object with service, level, time and the fields given', () => {
    loggerOf('order', 'info').info('placed', { orderId: 'O1' });
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(lines).toEqual([{ service: 'order', level: 'info', message: 'placed', orderId: 'O1', timestamp }]);
  });

  it('carries the trace of the work under way, unless it names another', () => {
    const log = loggerOf('order', 'info');
    withTrace(
      traceFrom({ traceId: 'a'.repeat(32) }, () => 0.5),
      () => {
        log.info('own');
        log.info('other', { traceId: 'b' });
      },
    );
    expect(lines.map(({ traceId }) => traceId)).toEqual(['a'.repeat(32), 'b']);
  });

  it('shows the message, the stack and the cause of an error', () => {
    const error = new TypeError('outer', { cause: new Error('inner') });
    loggerOf('order', 'info').error('failed', { error });
    expect(lines[0]?.error).toMatch(/^TypeError: outer\n\s+at .*logger\.test[\s\S]*caused by Error: inner\n\s+at /);
  });

  it('shows nothing else of an error, such as the request that failed', () => {
    const error = Object.assign(new Error('failed'), { config: { headers: { Authorization: 'secret' } } });
    loggerOf('order', 'info').error('failed', { error });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('is not written below the level, and never when silent', () => {
    loggerOf('order', 'warn').info('unimportant');
    loggerOf('order', 'silent').error('unheard');
    expect(lines).toEqual([]);
  });
});
