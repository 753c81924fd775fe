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

/** The description, the name and the default value. */
const entry = ([name, variable]: [string, Variable]) =>
  `${variable.description}: ${name}=${variable.safeParse(undefined).data ?? ''}`;

/** In the file, each description stands above the variables that it is for. */
const entriesIn = (text: string) =>
  [...text.matchAll(/^# (.+)\n((?:# [A-Z_]+=.*(?:\n|$))+)/gm)].flatMap(([, meaning, named = '']) =>
    [...named.matchAll(/^# (.+)$/gm)].map(([, assigned]) => `${meaning}: ${assigned}`),
  );

it('this test covers every service', () => {
  expect(Object.keys(services)).toEqual(SERVICES);
});

it('.env.example has every variable of every service, and no other', () => {
  const example = readFileSync(join(PROJECT, '.env.example'), 'utf8');
  const known = Object.values(services).flatMap((variables) => Object.entries(variables).map(entry));
  expect([...new Set(entriesIn(example))].sort()).toEqual([...new Set(known)].sort());
});
