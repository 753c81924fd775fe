import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

type InsideToken = (env: Record<string, string>, file?: string) => { INTERNAL_TOKEN?: string };
/** The scripts are JavaScript, so that they run before anything is built. */
const SCRIPT: string = '../../scripts/inside-token.js';
const { insideToken } = (await import(SCRIPT)) as { insideToken: InsideToken };

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'oms-')), 'data/token');
});
afterEach(() => rmSync(dirname(dirname(file)), { recursive: true }));

describe('npm start with AUTH_MODE=jwt', () => {
  it('generates the internal token, and reuses it at the next start', () => {
    const made = insideToken({ AUTH_MODE: 'jwt' }, file);
    expect(made).toEqual({ INTERNAL_TOKEN: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(insideToken({ AUTH_MODE: 'jwt' }, file)).toEqual(made);
  });

  it('keeps the token in a file that no other user can read', () => {
    insideToken({ AUTH_MODE: 'jwt' }, file);
    expect(readdirSync(dirname(file))).toEqual(['token']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('generates no token when one is set', () => {
    expect(insideToken({ AUTH_MODE: 'jwt', INTERNAL_TOKEN: 'one-that-is-given' }, file)).toEqual({});
  });
});

it('npm start without authentication generates no token, so that every service can be called directly', () => {
  expect(insideToken({}, file)).toEqual({});
  expect(insideToken({ AUTH_MODE: 'none' }, file)).toEqual({});
});
