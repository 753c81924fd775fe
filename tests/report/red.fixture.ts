import { createServer } from 'node:http';
import { afterAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';

/** Only report.test.ts runs this, and checks the report. */
const server = createServer((_req, res) => res.end());
afterAll(() => void server.close());

it('a test passes', () => {});
it.skip('a test is skipped', () => {});

describe('a failure that holds', () => {
  it('an answer with its connection', async () => expect(await request(server).get('/')).toBe('anything else'));
  it('a number that JSON does not have', () => expect({ number: 1n }).toEqual({ number: 2n }));
});
