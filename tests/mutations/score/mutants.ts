import { type Edit, editsOf, isOnlySaid } from './operators.ts';
import { childrenOf, type Node, treeOf } from './syntax.ts';

/** An equivalent mutant: it changes nothing that can be observed. */
export interface Equivalent {
  file: string;
  /** The source line of the change. */
  at: string;
  from: string;
  to: string;
  why: string;
}

export interface Mutant extends Edit {
  id: string;
  file: string;
  line: number;
  /** The source of this line, which identifies a mutant even when line numbers change. */
  at: string;
  from: string;
}

interface Place {
  node: Node;
  parent: Place | undefined;
  key: string;
}

/** All mutants of a file, and the file with all of them, each behind a condition that `runner.ts` controls. */
export function mutantsOf(file: string, source: string): { mutants: Mutant[]; code: string } {
  const lines = source.split('\n');
  const mutants: Mutant[] = [];
  const wrapped = new Map<Node, Mutant[]>();

  function visit(place: Place): void {
    const { node, parent, key } = place;
    const children = childrenOf(node).map(([below, child]): Place => ({ node: child, parent: place, key: below }));
    for (const edit of parent ? editsOf(node, parent.node, key, source) : []) {
      add(children.find((child) => isIn(edit, child.node)) ?? place, edit);
    }
    if (!isOnlySaid(node, source)) children.forEach(visit);
  }

  function add(place: Place, edit: Edit): void {
    const around = wrappable(place);
    const from = source.slice(edit.start, edit.end);
    if (!around || from === edit.to) return;
    const line = source.slice(0, edit.start).split('\n').length;
    const mutant = {
      id: `${file}:${mutants.length}`,
      file,
      line,
      at: (lines[line - 1] as string).trim(),
      from,
      ...edit,
    };
    mutants.push(mutant);
    wrapped.set(around, [...(wrapped.get(around) ?? []), mutant]);
  }

  function render(node: Node): string {
    let text = '';
    let end = node.start;
    for (const [, child] of childrenOf(node)) {
      // A shorthand property has one piece of source and two nodes.
      if (child.start < end) continue;
      text += source.slice(end, child.start) + render(child);
      end = child.end;
    }
    text += source.slice(end, node.end);
    const own = wrapped.get(node);
    if (!own) return text;
    const changed = (edit: Edit) => source.slice(node.start, edit.start) + edit.to + source.slice(edit.end, node.end);
    if (isStatement(node)) return own.reduce((rest, { id }) => `{if(${asked(id)}){}else{${rest}}}`, text);
    return `(${own.map((mutant) => `${asked(mutant.id)}?(${changed(mutant)}):`).join('')}(${text}))`;
  }

  const tree = treeOf(source);
  visit({ node: tree, parent: undefined, key: '' });
  return { mutants, code: source.slice(0, tree.start) + render(tree) + source.slice(tree.end) };
}

const asked = (id: string) => `globalThis.__mutants.is("${id}")`;
const isIn = (edit: Edit, node: Node) => node.start <= edit.start && edit.end <= node.end;
const isStatement = ({ type }: Node) => type === 'ExpressionStatement' || type === 'ThrowStatement';

/** The nearest enclosing node that can be put behind a condition without a change of meaning. */
function wrappable(place: Place | undefined): Node | undefined {
  if (!place?.parent) return undefined;
  const { node, parent, key } = place;
  if (isStatement(node)) return node;
  const isValue = /(?:Expression|Literal)$|^Identifier$/.test(node.type);
  const isInChain = parent.node.type.startsWith('Optional') && (key === 'object' || key === 'callee');
  const isMethod = key === 'callee' && /MemberExpression$/.test(node.type);
  const isWritten =
    (key === 'left' && parent.node.type !== 'BinaryExpression' && parent.node.type !== 'LogicalExpression') ||
    parent.node.type === 'UpdateExpression';
  const isPart = isInChain || isMethod || isWritten || key === 'quasi' || parent.node.type === 'TSNonNullExpression';
  return isValue && !isPart ? node : wrappable(place.parent);
}
