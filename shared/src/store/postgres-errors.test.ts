import { expect, it } from '@jest/globals';
import { Unavailable } from '../errors.ts';
import { isConflict, isDataError, Overtaken, refusesWrites, unreachable } from './postgres-errors.ts';

const failed = (code?: string) => Object.assign(new Error('failed'), code === undefined ? {} : { code });

it.each([
  // [code, is a conflict, is an error in the data]
  ['23505', true, false],
  ['40001', true, false],
  ['40P01', true, false],
  ['22P02', false, true],
  ['23502', false, true],
  ['42703', false, true],
  ['57P01', false, false],
  ['08006', false, false],
  ['ECONNREFUSED', false, false],
  ['', false, false],
  [undefined, false, false],
])('an error with the code %s: a conflict %s, of the data %s', (code, conflict, data) => {
  expect([isConflict(failed(code)), isDataError(failed(code))]).toEqual([conflict, data]);
});

it('an overtaken batch is a conflict', () => expect(isConflict(new Overtaken())).toBe(true));

it.each([
  ['25006', true, 'The database is read-only at the moment.'],
  ['53100', true, 'The disk of the database is full.'],
  ['58030', true, 'The disk of the database does not work.'],
  ['57P01', false, 'The database cannot be reached at the moment.'],
  [undefined, false, 'The database cannot be reached at the moment.'],
])('of an error with the code %s people are told why the store is unavailable', (code, refuses, message) => {
  const cause = failed(code);
  expect(refusesWrites(cause)).toBe(refuses);
  const told = unreachable(cause);
  expect(told).toBeInstanceOf(Unavailable);
  expect(told).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message, cause });
});
