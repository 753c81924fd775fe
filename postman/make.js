import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NAMES = { collection: 'OrderManagementMicroservices', orderApi: 'OrderManagementAPI' };
const fileOf = (made) => join(HERE, `${NAMES[made]}.postman_collection.json`);
const DATA = join(HERE, '../.data');

/** From the sources as they are, whatever was built: the scripts in the collection are functions as esbuild writes them. */
async function makeCollections() {
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
    const all = await import(pathToFileURL(outfile).href);
    return Object.keys(NAMES).map((made) => [made, `${JSON.stringify(all[made](), null, 2)}\n`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [made, text] of await makeCollections()) {
  if (!process.argv.includes('--print')) writeFileSync(fileOf(made), text);
  else if (process.argv.includes(made)) process.stdout.write(text);
}
