import { describe, expect, it } from '@jest/globals';
import { parseEnv, processVariables, serviceVariables } from './config.ts';

const read = (env: Record<string, string>) => parseEnv(serviceVariables(3000), env);

describe('a number', () => {
  it.each([
    ['PORT', 65_535],
    ['STREAMS_PER_CALLER', 100_000],
    ['DRAIN_MS', 600_000],
  ])('%s may be as much as %i, and no more', (name, most) => {
    expect(read({ [name]: String(most) })).toMatchObject({ [name]: most });
    expect(() => read({ [name]: String(most + 1) })).toThrow(`${name}: `);
  });

  it.each(['-1', '1.5', '1e3', '0x10', ' 5', 'many'])('has to be a whole number, which %j is not', (text) => {
    expect(() => read({ DRAIN_MS: text })).toThrow('DRAIN_MS: must be a whole number');
  });

  it.each(['0', '1', '.5', '0.25', '1.0'])('that is a share may be %s', (text) => {
    expect(read({ TRACE_SAMPLE: text }).TRACE_SAMPLE).toBe(Number(text));
  });

  it.each(['1.01', '2', '-0', '10%', '.'])('that is a share cannot be %s', (text) => {
    expect(() => read({ TRACE_SAMPLE: text })).toThrow('TRACE_SAMPLE: ');
  });
});

describe('INTERNAL_TOKEN', () => {
  it('has 16 characters at least: a shorter one could be guessed', () => {
    expect(read({ INTERNAL_TOKEN: 'x'.repeat(16) }).INTERNAL_TOKEN).toBe('x'.repeat(16));
    expect(() => read({ INTERNAL_TOKEN: 'x'.repeat(15) })).toThrow('INTERNAL_TOKEN: ');
  });
});

describe('an environment', () => {
  it('that is empty, or has empty variables, has the defaults', () => {
    const usual = parseEnv(processVariables(3000), {});
    expect(usual).toEqual({
      PORT: 3000,
      LOG_LEVEL: 'info',
      OTEL_SDK_DISABLED: false,
      TRACE_SAMPLE: 1,
      OTEL_TRACES_SAMPLER_ARG: 1,
      STREAMS_PER_CALLER: 20,
      CHAOS_MODE: false,
      CHAOS_API: false,
      KEEP_ALIVE_MS: 75_000,
      DRAIN_MS: 8_000,
    });
    expect(parseEnv(processVariables(3000), { INTERNAL_TOKEN: '', PORT: '' })).toEqual(usual);
  });

  it('with several faults is refused with all of them', () => {
    expect(() => read({ PORT: 'x', MIGRATE: 'never', KAFKA_BROKERS: 'here' })).toThrow(
      /^The environment is not usable:\n {2}PORT: .+\n {2}MIGRATE: .+\n {2}KAFKA_BROKERS\.0: must be host:port$/,
    );
  });
});
