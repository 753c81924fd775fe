import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const FILE = join(HERE, 'OrderManagementMicroservices.postman_collection.json');
const DATA = join(HERE, '../.data');

/** From the sources as they are, whatever was built: the scripts in the collection are functions as esbuild writes them. */
async function makeCollection() {
  mkdirSync(DATA, { recursive: true });
  const folder = mkdtempSync(join(DATA, 'postman-'));
  try {
    const outfile = join(folder, 'collection.mjs');
    await build({
      entryPoints: [join(HERE, 'collection.ts')],
      outfile,
      bundle: true,
      packages: 'external',
      alias: { '@oms/shared': join(HERE, '../shared/src') },
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      logLevel: 'warning',
    });
    const { collection } = await import(pathToFileURL(outfile).href);
    return `${JSON.stringify(collection(), null, 2)}\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const made = await makeCollection();
if (process.argv.includes('--print')) process.stdout.write(made);
else writeFileSync(FILE, made);
