import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import { PROJECT } from '../support/project.ts';

interface Item {
  name: string;
  item?: Item[];
  event: { listen: string; script: { exec: string[] } }[];
  request: { method: string; url: { host: string[]; path: string[] } };
}

const requestsIn = (items: Item[]): Item[] => items.flatMap((one) => (one.item ? requestsIn(one.item) : [one]));

const text = readFileSync(join(PROJECT, 'postman/OrderManagementMicroservices.postman_collection.json'), 'utf8');
const collection = JSON.parse(text) as { item: Item[]; variable: { key: string }[] };
const requests = requestsIn(collection.item);

const named = (pattern: RegExp, source: string) => [...source.matchAll(pattern)].map(([, name]) => name as string);
const scriptOf = ({ event }: Item, when: string) =>
  event.flatMap(({ listen, script }) => (listen === when ? script.exec : [])).join('\n');

describe('the Postman collection', () => {
  it.each([
    ['collection', text],
    ['orderApi', readFileSync(join(PROJECT, 'postman/OrderManagementAPI.postman_collection.json'), 'utf8')],
  ])('is up to date with the contracts and the scenarios (`npm run postman`): %s', (which, written) => {
    const command = [join(PROJECT, 'postman/make.js'), '--print', which];
    const made = execFileSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    // Jest would take minutes to print a diff of texts this long.
    expect(made === written).toBe(true);
  });

  it('has a request for every endpoint of every service', () => {
    const asked = new Set(requests.map(endpointOf));
    const known = Object.entries(EVERY_ENDPOINT).flatMap(([service, endpoints]) =>
      endpoints.map(({ method, path }) => `${service}: ${method} ${path}`),
    );
    expect(known.filter((endpoint) => !asked.has(endpoint))).toEqual([]);
  });

  /** As a router finds it: by the literal path first, then by a path with parameters. */
  function endpointOf({ request: { method, url } }: Item): string | undefined {
    const service = url.host[0]?.replace(/^\{\{(\w+)Url\}\}$/, '$1') as keyof typeof EVERY_ENDPOINT;
    const path = `/${url.path.join('/')}`;
    const fitting = EVERY_ENDPOINT[service].filter(
      (one) =>
        one.method === method.toLowerCase() && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    const found = fitting.find((one) => one.path === path) ?? fitting[0];
    return found && `${service}: ${found.method} ${found.path}`;
  }

  it('uses no variable before a request has set it', () => {
    const kept = new Set(collection.variable.map(({ key }) => key));
    const unknown: string[] = [];
    const keeps = (script: string) => {
      for (const name of named(/[vV]ariables\.set\("(\w+)"/g, script)) kept.add(name);
      for (const name of named(/^\}\)\("(\w+)"\);$/gm, script)) kept.add(name);
    };
    for (const item of requests) {
      const uses = (names: string[]) =>
        unknown.push(...names.filter((name) => !kept.has(name)).map((name) => `${item.name}: ${name}`));
      const after = scriptOf(item, 'test');
      keeps(scriptOf(item, 'prerequest'));
      uses(named(/\{\{(\w+)\}\}/g, JSON.stringify(item.request)));
      keeps(after);
      uses(named(/collectionVariables\.get\("(\w+)"/g, after));
    }
    expect(unknown).toEqual([]);
  });

  it('polls with a request that has a unique name', () => {
    const targets = requests.flatMap((item) => named(/, "([^"]+)", \d+\)\) \{$/gm, scriptOf(item, 'test')));
    expect(targets.length).toBeGreaterThan(5);
    for (const target of targets) expect(requests.filter(({ name }) => name === target)).toHaveLength(1);
  });
});
