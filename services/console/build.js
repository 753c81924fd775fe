import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SOURCES = join(HERE, 'src');
/** The client of the API, as it is written: it may not be compiled yet. */
const CLIENT = join(HERE, '../../clients/typescript/src');
/** The gateway serves the console from here, in its image, too. */
const BUILT = join(HERE, '../gateway/dist/console');
const PAGE = join(BUILT, 'index.html');
const ASSETS = join(BUILT, 'assets');

if (!isFresh()) await buildConsole();

/** Nothing has changed since the page was written. The build writes it last. */
function isFresh() {
  if (!existsSync(PAGE)) return false;
  const builtAt = statSync(PAGE).mtimeMs;
  const sources = [SOURCES, CLIENT].flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => join(folder, file)),
  );
  const made = [...sources, join(HERE, 'build.js'), join(HERE, 'package.json')];
  return made.every((file) => statSync(file).mtimeMs <= builtAt);
}

async function buildConsole() {
  rmSync(BUILT, { recursive: true, force: true });
  mkdirSync(ASSETS, { recursive: true });
  const { metafile } = await build({
    entryPoints: ['main.tsx', 'style.css', 'icon.svg'].map((file) => join(SOURCES, file)),
    outdir: ASSETS,
    entryNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    alias: { '@oms/client': join(CLIENT, 'index.ts') },
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    absWorkingDir: HERE,
    logLevel: 'warning',
  });
  refuseStrays(Object.keys(metafile.inputs));
  const named = (extension) =>
    Object.keys(metafile.outputs)
      .map((file) => basename(file))
      .find((file) => extname(file) === extension);
  for (const file of readdirSync(ASSETS)) compress(join(ASSETS, file));
  const page = readFileSync(join(SOURCES, 'index.html'), 'utf8').replaceAll(
    /\{\{(\.\w+)\}\}/g,
    (_, extension) => `assets/${named(extension)}`,
  );
  writeFileSync(PAGE, page);
  compress(PAGE);
}

/** The page imports types of the services and their shared code, but nothing that runs; only the client does. */
function refuseStrays(inputs) {
  const strays = inputs.filter((file) => !/^(src|(\.\.\/)*(node_modules|clients\/typescript\/src))\//.test(file));
  if (strays.length > 0) throw new Error(`the console must not bundle ${strays.join(', ')}`);
}

/** Compressed once here, instead of for each request. */
function compress(file) {
  const plain = readFileSync(file);
  writeFileSync(`${file}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
}
