import { parse } from '@babel/parser';

/** A node of the syntax tree with the fields of its type. */
// biome-ignore lint/suspicious/noExplicitAny: the tree has two hundred kinds of nodes
export type Node = { type: string; start: number; end: number } & Record<string, any>;

export const treeOf = (source: string): Node =>
  parse(source, { sourceType: 'module', plugins: ['typescript'] }).program as unknown as Node;

const TYPES = new Set([
  'typeAnnotation',
  'returnType',
  'typeParameters',
  'typeArguments',
  'superTypeParameters',
  'implements',
]);
const WITH_VALUES = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSInstantiationExpression',
  'TSParameterProperty',
]);
const NAMES_ONLY = new Set(['ImportDeclaration', 'ExportAllDeclaration']);

/** What is below a node and has a value when it runs, in the order of the source. */
export function childrenOf(node: Node): [key: string, child: Node][] {
  if (NAMES_ONLY.has(node.type)) return [];
  const found: [string, Node][] = [];
  for (const key of Object.keys(node)) {
    if (TYPES.has(key) || key === 'loc' || key.endsWith('omments') || key === 'extra' || key === 'errors') continue;
    if (key === 'source' || (key === 'key' && !node.computed) || (key === 'property' && !node.computed)) continue;
    for (const child of [node[key]].flat()) if (isNode(child)) found.push([key, child]);
  }
  return found.sort(([, a], [, b]) => a.start - b.start);
}

const isNode = (value: unknown): value is Node => {
  const type = (value as Node | null)?.type;
  return typeof type === 'string' && (!type.startsWith('TS') || WITH_VALUES.has(type));
};
