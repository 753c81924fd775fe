import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../telemetry/logger.ts';
import { realWorld } from '../world.ts';
import { beforeServing } from './patience.ts';
import { unreachable } from './postgres-errors.ts';

const parts = { world: realWorld, log: createLogger('thing', 'silent') };

describe('what a service does with its store before it serves', () => {
  it('is tried again while the database is lost', async () => {
    const failures = [unreachable(new Error('gone')), Object.assign(new Error('no name'), { code: 'EAI_AGAIN' })];
    await beforeServing(parts, async () => {
      const failure = failures.shift();
      if (failure) throw failure;
    });
    expect(failures).toEqual([]);
  });

  it('ends the start when something else is wrong', async () => {
    const wrong = async () => {
      throw new Error('wrong');
    };
    await expect(beforeServing(parts, wrong)).rejects.toThrow('wrong');
  });
});
