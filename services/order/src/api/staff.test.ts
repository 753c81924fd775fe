import { expect, it } from '@jest/globals';
import type { Caller } from '@oms/shared/contracts/caller';
import { byFor, dataFor } from './staff.ts';

const customer: Caller = { kind: 'customer', id: 'c1' };
const operator: Caller = { kind: 'operator', id: 'eve' };

it.each([
  [customer, 'operator:eve', 'operator'],
  [customer, 'customer:c1', 'customer:c1'],
  [operator, 'operator:eve', 'operator:eve'],
  [customer, undefined, undefined],
])('%j reads of %s that it was %s', (caller, by, told) => {
  expect(byFor(caller, by)).toBe(told);
  expect(dataFor(caller, { amountCents: 1, by })).toEqual({ amountCents: 1, by: told });
  expect(dataFor(caller, { saga: 's', part: { number: 1, by } })).toEqual({ saga: 's', part: { number: 1, by: told } });
});

it('what nobody in particular did is shown as it is', () => {
  const data = { saga: 'place-order' };
  expect(dataFor(customer, data)).toBe(data);
});
