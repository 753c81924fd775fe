import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { PROJECT } from '../support/project.ts';

const FOLDER = join(PROJECT, 'clients/typescript');
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const MOST_BYTES = 10_000;

/** The operations that are no line of a resource, and why. */
const OTHERS = {
  'another operation does the same': [
    ...['DELETE /orders/{id}', 'GET /inventory/check', 'DELETE /shipments/{id}'],
    ...['GET /inventory/{productId}/availability', 'GET /shipments/track/{trackingNumber}'],
  ],
  'orders do it, and records would disagree with theirs': [
    ...['POST /inventory/commit', 'POST /inventory/release', 'POST /inventory/reserve', 'POST /inventory/restock'],
    ...['POST /payments/authorize', 'POST /payments/capture', 'POST /payments/refund'],
    ...['POST /shipments', 'POST /shipments/cancel', 'POST /shipments/deliver'],
  ],
  'its method is written by hand': ['GET /shipments/labels/{trackingNumber}', 'GET /services/{service}/events'],
  'it is for those who run the system': [
    ...['GET /audit', 'GET /health', 'GET /live', 'GET /livez', 'GET /metrics', 'GET /readyz', 'POST /auth/token'],
    ...['GET /chaos', 'PUT /chaos', 'GET /circuit-breaker/status', 'POST /circuit-breaker/reset', 'GET /sagas'],
    ...['POST /sagas/{orderId}/compensate', 'POST /sagas/{orderId}/resolve', 'POST /sagas/{orderId}/retry'],
  ],
};

describe('@oms/client', () => {
  it('has the types of the API document (`npm run client-types`)', () => {
    const print = [join(PROJECT, 'scripts/api-document.js'), 'client'];
    const document = execFileSync(process.execPath, print, { maxBuffer: 2 ** 26 });
    expect(textOf('src/schema.ts')).toContain(createHash('sha256').update(document).digest('hex'));
  });

  it('has a method for every operation of the document, but for the others that are listed above', () => {
    const lines = textOf('src/client.ts').match(/(?<=: ')[A-Z]+ \/[^ ']*/g) ?? [];
    const known = [...textOf('src/schema.ts').matchAll(/^ {4}"([A-Z]+ .+)": /gm)].map(([, operation]) => operation);
    expect([...lines, ...Object.values(OTHERS).flat()].sort()).toEqual(known.sort());
  });

  it(`is less than ${MOST_BYTES / 1_000} kB, bundled and minified, not compressed`, async () => {
    const { outputFiles } = await build({
      entryPoints: [join(FOLDER, 'src/index.ts')],
      ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', write: false },
    });
    const [bundle] = outputFiles;
    expect(bundle?.text).not.toMatch(/\bimport\b|\brequire\b/);
    expect(bundle?.contents.length).toBeGreaterThan(1_000);
    expect(bundle?.contents.length).toBeLessThan(MOST_BYTES);
  });

  it('has the version and the licence of the project, and needs nothing else', () => {
    const { version, license } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    const { dependencies, ...own } = JSON.parse(textOf('package.json'));
    expect({ ...own, dependencies }).toMatchObject({ version, license, dependencies: undefined });
    expect(textOf('LICENSE')).toBe(readFileSync(join(PROJECT, 'LICENSE'), 'utf8'));
  });
});
