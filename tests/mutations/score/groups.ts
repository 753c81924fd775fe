import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Group {
  files: readonly string[];
  /** The folders and files of the tests. */
  tests: readonly string[];
}

const inFolder = (folder: string, ...names: string[]) => names.map((name) => `${folder}/${name}.ts`);
const order = 'services/order/src';
const gateway = 'services/gateway/src';
const DUE_WORK = inFolder('shared/src/store', 'due-work', 'quarantine');
const testsOf = (...names: string[]) => inFolder(order, ...names.map((name) => `${name}.test`));
const DECIDERS = [
  ...['inventory/src/domain/stock', 'payment/src/domain/payment', 'shipping/src/domain/shipment'],
  ...['notification/src/domain/notification', 'notification/src/domain/occasion'],
];

/** Files in which every small mistake must be noticed. */
export const GROUPS: Readonly<Record<string, Group>> = {
  domain: {
    files: [
      ...inFolder(
        `${order}/domain`,
        'order',
        'rules',
        'commands',
        'saga-progress',
        'pricing',
        'intervention',
        'saga-end',
      ),
      `${order}/audit/compare.ts`,
      ...DECIDERS.map((path) => `services/${path}.ts`),
    ],
    tests: [
      `${order}/domain`,
      ...testsOf('audit/compare', 'sagas/saga', 'runner/run', 'runner/cancel-while-placing'),
      ...DECIDERS.map((path) => `services/${path}.test.ts`),
    ],
  },
  runner: {
    files: [
      ...inFolder(`${order}/runner`, 'run', 'step-calls', 'journal', 'runs', 'requests', 'waiting', 'dispatcher'),
      `${order}/domain/events.ts`,
      ...DUE_WORK,
    ],
    tests: [
      `${order}/runner`,
      ...testsOf('sagas/saga', 'book/order-book'),
      ...inFolder('shared/src/store', 'due-work.test', 'quarantine.test'),
    ],
  },
  store: {
    files: sourcesIn('shared/src/store').filter((path) => !DUE_WORK.includes(path)),
    tests: ['shared/src/store', 'shared/src/http/readiness.test.ts'],
  },
  client: { files: sourcesIn('shared/src/resilience'), tests: ['shared/src/resilience'] },
  idempotency: {
    files: inFolder('shared/src/http', 'idempotent', 'request'),
    tests: inFolder('shared/src/http', 'request.test', 'idempotent.test', 'app.test'),
  },
  guard: {
    files: [
      ...sourcesIn(`${gateway}/guard`),
      ...inFolder(gateway, 'forwarding', 'proxy', 'relay', 'headers', 'targets', 'upstreams'),
    ],
    tests: [`${gateway}`],
  },
};

/** A group by its name; or a file or folder with the tests next to it. */
export function groupOf(name: string, tests: readonly string[]): Group {
  const known = GROUPS[name];
  if (known) return tests.length > 0 ? { ...known, tests } : known;
  if (!existsSync(name))
    throw new Error(`${name} is no file, and none of the groups ${Object.keys(GROUPS).join(', ')}`);
  const beside = isFile(name) ? dirname(name) : name;
  return { files: isFile(name) ? [name] : sourcesIn(name), tests: tests.length > 0 ? tests : [beside] };
}

export const testsIn = (path: string): string[] => (isFile(path) ? [path] : below(path).filter(isTest));

function sourcesIn(folder: string): string[] {
  return below(folder).filter((path) => path.endsWith('.ts') && !isTest(path) && !path.endsWith('.fixture.ts'));
}

function below(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).sort();
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

const isFile = (path: string) => statSync(path).isFile();
