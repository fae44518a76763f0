import type { Binding, FunctionKind } from '../../source/syntax/function-source.ts';
import { readNodes } from '../../source/syntax/imports.ts';
import { isNode, parseProgram, type SyntaxNode } from '../../source/syntax/parser.ts';
import { walkProgram } from '../../source/walk/walk.ts';

/** The text of one function, with the way up from each node, and the meaning of each name. */
export interface Tree {
  /** The node of the function itself. */
  readonly root: SyntaxNode;
  /** Offset of the function's text in what was parsed. */
  readonly textStart: number;
  readonly parents: ReadonlyMap<SyntaxNode, SyntaxNode>;
  /** Uses of each name that the function does not declare. */
  readonly free: ReadonlyMap<string, readonly SyntaxNode[]>;
  /** Uses of each name that the function declares, by the offset of its declaration. */
  readonly uses: ReadonlyMap<number, readonly SyntaxNode[]>;
  readonly bindings: ReadonlyMap<number, Binding>;
}

/** Parses a function by itself; `undefined` for text that means something in its place only. */
export function parseFunction(text: string, kind: FunctionKind, isModule: boolean): Tree | undefined {
  const isMethod = kind === 'method' || kind === 'getter' || kind === 'setter';
  try {
    const program = parseProgram(isMethod ? `({${text}})` : `(${text})`, isModule) as unknown as SyntaxNode;
    const [statement] = readNodes(program['body']);
    const expression = statement?.['expression'];
    if (!isNode(expression)) return undefined;
    const [member] = readNodes(expression['properties']);
    const root = isMethod ? member?.['value'] : expression;
    return isNode(root) ? createTree(program, root, isMethod ? 2 : 1) : undefined;
  } catch {
    return undefined;
  }
}

function createTree(program: SyntaxNode, root: SyntaxNode, textStart: number): Tree {
  const free = new Map<string, SyntaxNode[]>();
  const uses = new Map<number, SyntaxNode[]>();
  const bindings = new Map<number, Binding>();
  for (const { node, name, binding } of walkProgram(program).names) {
    if (binding === undefined) addTo(free, name, node);
    else {
      addTo(uses, binding.start, node);
      bindings.set(binding.start, binding);
    }
  }
  return { root, textStart, parents: listParents(program), free, uses, bindings };
}

function addTo<Key>(lists: Map<Key, SyntaxNode[]>, key: Key, node: SyntaxNode): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [node]);
  else list.push(node);
}

function listParents(program: SyntaxNode): Map<SyntaxNode, SyntaxNode> {
  const parents = new Map<SyntaxNode, SyntaxNode>();
  const left = [program];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    for (const value of Object.values(node)) {
      for (const part of Array.isArray(value) ? value : [value]) {
        // The key and the value of `{ name }` are one node, which stands for the value.
        if (!isNode(part) || parents.has(part)) continue;
        parents.set(part, node);
        left.push(part);
      }
    }
  }
  return parents;
}
