import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, runNode } from '../scripts/ensure-built.js';
import { readOptions, USAGE } from './options.js';

const DOCS = fileURLToPath(new URL('../docs/performance/', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

await build();
await installEngines();
const { Rig } = await import('./rig/rig.js');
const { parts } = await import('./parts/all.js');
const { chart } = await import('./report/chart.js');
const { commit, machine } = await import('./report/machine.js');
const { summarised } = await import('./report/profile.js');

const folder = await mkdtemp(join(tmpdir(), 'bench-'));
const sections = [];
const groups = [];
const rig = new Rig({ ...options, folder });
try {
  await rig.start();
  for (const name of options.parts) {
    const { title, text, results, clients } = await parts[name](rig);
    const section = `## ${title}, at commit ${commit()}\n\n${text}`;
    console.log(`\n${section}`);
    sections.push(section);
    if (results) groups.push({ name, title, results, clients });
    if (options.save) await save();
  }
  if (options.profiled) await explain();
} finally {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

async function explain() {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))) {
    const { totalMs, layers, functions } = summarised(join(folder, file), 40);
    console.log(`\n${Math.round(totalMs)} ms\n\n${layers.join('\n')}\n\n${functions.join('\n')}`);
  }
}

/** What was measured takes the place of what was saved of it before. */
async function save() {
  await mkdir(DOCS, { recursive: true });
  const file = join(DOCS, 'results.md');
  const saved = existsSync(file) ? (await readFile(file, 'utf8')).split(/^(?=## )/m).slice(1) : [];
  const all = new Map([...saved, ...sections].map((section) => [section.split(/, at commit|\n/)[0], section.trim()]));
  const rounds = `${options.rounds} rounds of ${options.ms / 1000} s: median (smallest–largest)`;
  const intro = `# Results\n\nMade by \`npm run bench -- --save\` on ${machine()}. ${rounds}.`;
  await writeFile(file, `${[intro, ...all.values()].join('\n\n')}\n`);
  for (const { name, ...group } of groups) await writeFile(join(DOCS, `${name}.svg`), chart([group]));
}

/** What others are measured with is nobody else's burden: it is installed here, the first time. */
async function installEngines() {
  if (!options.parts.includes('durable') || areInstalled()) return;
  console.log('Installing the engines to compare with; this is needed once.');
  const npm = process.env.npm_execpath;
  if (!npm) throw new Error('run it with npm run bench');
  // One of them reports each installation to somebody.
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if ((await runNode([npm, 'ci', '--prefix', HERE, ...quietly])) !== 0)
    throw new Error('the engines could not be installed');
}

/** As the lock file has them now: what an earlier version has installed may lack one. */
function areInstalled() {
  const installed = join(HERE, 'node_modules/.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(HERE, 'package-lock.json')).mtimeMs;
}
