import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { variables as gateway } from '../../services/gateway/src/config.ts';
import { variables as inventory } from '../../services/inventory/src/config.ts';
import { variables as notification } from '../../services/notification/src/config.ts';
import { variables as order } from '../../services/order/src/config.ts';
import { variables as payment } from '../../services/payment/src/config.ts';
import { variables as product } from '../../services/product/src/config.ts';
import { variables as shipping } from '../../services/shipping/src/config.ts';
import { PROJECT, SERVICES } from '../support/project.ts';

interface Variable {
  description?: string | undefined;
  safeParse(value: undefined): { data?: unknown };
}
const services: Record<string, Record<string, Variable>> = {
  gateway,
  inventory,
  notification,
  order,
  payment,
  product,
  shipping,
};

/** The meaning, the name, and the value that holds when nothing is said. */
const entry = ([name, variable]: [string, Variable]) =>
  `${variable.description}: ${name}=${variable.safeParse(undefined).data ?? ''}`;

/** The file has them below what they mean, one or several that mean the same. */
const entriesIn = (text: string) =>
  [...text.matchAll(/^# (.+)\n((?:# [A-Z_]+=.*(?:\n|$))+)/gm)].flatMap(([, meaning, named = '']) =>
    [...named.matchAll(/^# (.+)$/gm)].map(([, assigned]) => `${meaning}: ${assigned}`),
  );

it('no service is forgotten here', () => {
  expect(Object.keys(services)).toEqual(SERVICES);
});

it('.env.example tells of every variable of every service, and of no other', () => {
  const example = readFileSync(join(PROJECT, '.env.example'), 'utf8');
  const known = Object.values(services).flatMap((variables) => Object.entries(variables).map(entry));
  expect([...new Set(entriesIn(example))].sort()).toEqual([...new Set(known)].sort());
});
