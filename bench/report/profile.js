import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Where the processor time of a `--cpu-prof` profile went. What node itself does is put down to whoever asked for it, so that
 * the list shows what each layer costs; what nobody asked for (the event loop, the collector) stands by itself.
 */
export function summarised(path, most) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, { ...node }]));
  for (const node of byId.values()) for (const child of node.children ?? []) byId.get(child).parent = node;
  const byLayer = new Map();
  const byFunction = new Map();
  let total = 0;
  samples.forEach((id, i) => {
    const node = byId.get(id);
    const { functionName, url, lineNumber } = node.callFrame;
    if (functionName === '(idle)') return;
    const us = timeDeltas[i];
    total += us;
    add(byLayer, layerOf(node), us);
    add(byFunction, `${functionName || '(anonymous)'}  ${place(url)}${url ? `:${lineNumber + 1}` : ''}`, us);
  });
  const list = (times) =>
    [...times]
      .sort((a, b) => b[1] - a[1])
      .slice(0, most)
      .map(([name, us]) => `${((100 * us) / total).toFixed(1).padStart(5)} %  ${name}`);
  return { totalMs: total / 1000, layers: list(byLayer), functions: list(byFunction) };
}

const add = (times, name, us) => times.set(name, (times.get(name) ?? 0) + us);

/** The nearest caller that is a module of ours or a dependency. */
function layerOf(node) {
  const own = node.callFrame.functionName;
  if (own === '(garbage collector)' || own === '(program)') return own;
  for (let at = node; at; at = at.parent) {
    const { url } = at.callFrame;
    const [, dependency] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
    if (dependency) return dependency;
    if (url.startsWith('file:')) return place(url).replace(/\.js$/, '');
  }
  return `node: ${outermost(node)}`;
}

function outermost(node) {
  let name = node.callFrame.functionName;
  for (let at = node; at?.parent; at = at.parent) name = at.callFrame.functionName || at.callFrame.url;
  return name;
}

const place = (url) =>
  url
    .replace(/^file:\/\//, '')
    .replace(/^.*node_modules\//, '')
    .replace(/^.*\/(shared|services|bench)\//, '$1/')
    .replace('/dist/', '/');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , path, most = '45'] = process.argv;
  const { totalMs, layers, functions } = summarised(path, Number(most));
  console.log(`${Math.round(totalMs)} ms\n\n${layers.join('\n')}\n\n${functions.join('\n')}`);
}
