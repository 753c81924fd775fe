import type { Node } from './syntax.ts';

/** The replacement for a piece of the source. */
export interface Edit {
  start: number;
  end: number;
  to: string;
}

const OTHER: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '>>>': ['<<'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '??=': ['='],
  '++': ['--'],
  '--': ['++'],
};
const LEFT_OUT = new Set([
  'filter',
  'sort',
  'slice',
  'trim',
  'reverse',
  'toLowerCase',
  'toUpperCase',
  'catch',
  'finally',
]);
const SWAPPED = new Map(Object.entries({ min: 'max', max: 'min', some: 'every', every: 'some' }));
const COMPARISONS = new Set(['<', '<=', '>', '>=', '===', '!==']);
const TESTED = new Set(['IfStatement', 'ConditionalExpression', 'WhileStatement', 'DoWhileStatement', 'ForStatement']);
const DECIDES_ITSELF = new Set(['BinaryExpression', 'LogicalExpression', 'ConditionalExpression', 'BooleanLiteral']);
/** Texts for people and monitoring are not logic. */
const SAYS = /(?:^|[.#])(?:log|say|describe|warn|span|onLog)\b/;

/** All mutants at this node. `source` is the whole file. */
export function editsOf(node: Node, parent: Node, key: string, source: string): Edit[] {
  const text = (of: Node) => source.slice(of.start, of.end);
  const instead = (to: string): Edit => ({ start: node.start, end: node.end, to });
  const operator = (after: Node, before: Node, from: string, to: string): Edit => {
    const at = source.indexOf(from, after.end);
    return at < before.start ? { start: at, end: at + from.length, to } : instead(to);
  };
  const isTest = key === 'test' && TESTED.has(parent.type);
  const edits: Edit[] = [];
  if (isTest) {
    if (!/^(?:While|DoWhile|For)/.test(parent.type)) edits.push(instead('true'));
    edits.push(instead('false'));
  }
  switch (node.type) {
    case 'BinaryExpression': {
      if (node.operator === '+' && [node.left, node.right].some(isText)) break;
      const others = OTHER[node.operator] ?? [];
      // The negation is another mutant already; this one changes only the boundary.
      const wanted = isTest && COMPARISONS.has(node.operator) ? others.slice(0, -1) : others;
      edits.push(...wanted.map((to) => operator(node.left, node.right, node.operator, to)));
      break;
    }
    case 'LogicalExpression':
      edits.push(instead(text(node.left)), instead(text(node.right)));
      break;
    case 'UnaryExpression':
      if (node.operator === '!' && !isTest) edits.push(instead(text(node.argument)));
      if (node.operator === '-') edits.push(instead(text(node.argument)));
      break;
    case 'UpdateExpression':
      edits.push(instead(text(node).replace(node.operator, OTHER[node.operator]?.[0] ?? '')));
      break;
    case 'AssignmentExpression':
      edits.push(...(OTHER[node.operator] ?? []).map((to) => operator(node.left, node.right, node.operator, to)));
      break;
    case 'BooleanLiteral':
      if (!isTest) edits.push(instead(String(!node.value)));
      break;
    case 'NumericLiteral':
      edits.push(instead(String(isMeasure(node, parent) ? node.value * 10 : node.value + 1)));
      break;
    case 'StringLiteral':
      if (node.value !== '' && !/\s/.test(node.value)) edits.push(instead("''"));
      break;
    case 'TemplateLiteral':
      if (node.quasis.every(({ value }: Node) => !/\s(?!$)/.test(value.raw))) edits.push(instead('``'));
      break;
    case 'ArrayExpression':
      if (node.elements.length > 0) edits.push(instead('[]'));
      break;
    case 'ObjectExpression':
      edits.push(...node.properties.filter(isSpread).map((spread: Node) => without(spread, source)));
      break;
    case 'ArrowFunctionExpression':
      if (node.body.type !== 'BlockStatement' && isWorthReturning(node.body))
        edits.push({ start: node.body.start, end: node.body.end, to: 'undefined' });
      break;
    case 'ReturnStatement':
      if (node.argument && isWorthReturning(node.argument)) {
        const { start, end } = node.argument;
        edits.push({ start, end, to: 'undefined' });
      }
      break;
    case 'OptionalMemberExpression':
    case 'OptionalCallExpression': {
      const before: Node = node.object ?? node.callee;
      const at = source.indexOf('?.', before.end);
      const isMember = node.type === 'OptionalMemberExpression' && !node.computed;
      if (node.optional) edits.push({ start: at, end: at + 2, to: isMember ? '.' : '' });
      break;
    }
    case 'ExpressionStatement': {
      const { expression } = node;
      const called = expression.type === 'AwaitExpression' ? expression.argument : expression;
      if (called.callee?.type === 'Super' || SAYS.test(calleeOf(called, source))) break;
      edits.push(instead(''));
      if (called !== expression)
        edits.push({ start: expression.start, end: expression.start + 'await '.length, to: '' });
      break;
    }
    case 'ThrowStatement':
      edits.push(instead(''));
      break;
  }
  if (/^(?:Optional)?CallExpression$/.test(node.type) && node.callee.property && !node.callee.computed) {
    const { property } = node.callee as Node;
    const [dot = ''] = /\??\.\s*$/.exec(source.slice(0, property.start)) ?? [];
    if (LEFT_OUT.has(property.name)) edits.push({ start: property.start - dot.length, end: node.end, to: '' });
    const other = SWAPPED.get(property.name);
    if (other) edits.push({ start: property.start, end: property.end, to: other });
  }
  return edits;
}

/** Whether everything below is text for people. */
export function isOnlySaid(node: Node, source: string): boolean {
  if (node.type === 'NewExpression') return /Error$/.test(calleeOf(node, source));
  return node.type === 'CallExpression' && SAYS.test(calleeOf(node, source));
}

const calleeOf = (call: Node, source: string): string =>
  call.callee ? source.slice(call.callee.start, call.callee.end) : '';
const isText = ({ type }: Node) => type === 'StringLiteral' || type === 'TemplateLiteral';
const isSpread = ({ type }: Node) => type === 'SpreadElement';
const isWorthReturning = (node: Node) =>
  !DECIDES_ITSELF.has(node.type) && node.operator !== '!' && node.operator !== 'void' && node.name !== 'undefined';

/** Plus one makes no observable difference to a time or a size. */
const isMeasure = ({ value }: Node, { id }: Node) => value >= 1000 || /_(?:MS|S|BYTES)$/.test(id?.name ?? '');

function without(piece: Node, source: string): Edit {
  const [comma = ''] = /^\s*,/.exec(source.slice(piece.end)) ?? [];
  return { start: piece.start, end: piece.end + comma.length, to: '' };
}
