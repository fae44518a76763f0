import { parse } from 'acorn';
import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
  Program,
} from 'acorn';

type FunctionNode =
  | AnonymousFunctionDeclaration
  | ArrowFunctionExpression
  | FunctionDeclaration
  | FunctionExpression;

/** Findings in the syntax tree of a file. */
export interface Structure {
  /** `module` when it has an import or export declaration, or else `script`. */
  readonly kind: 'module' | 'script';
  readonly functions: number;
  /** Import declarations, re-exports, `import()`, and `require()` of a literal. */
  readonly imports: number;
  /**
   * The longest function by lines. Functions that are called where they stand, such as module wrappers, do not compete.
   */
  readonly longest?: LongFunction;
}

export interface LongFunction {
  readonly name: string;
  /** Line on which the function begins, from 1. */
  readonly line: number;
  readonly lines: number;
}

export type Parsed =
  | { readonly ok: true; readonly structure: Structure }
  | { readonly ok: false; readonly reason: string };

/** Parses JavaScript as a module, or else as a CommonJS script, and counts what stands in it. Never throws. */
export function parseSource(bytes: Uint8Array): Parsed {
  try {
    const source = new TextDecoder().decode(bytes);
    return { ok: true, structure: countStructure(parseEither(source), source) };
  } catch (error) {
    // Besides syntax errors: nesting so deep that the parser's stack is exhausted, a text too long for a string.
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function parseEither(source: string): Program {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch (asModule) {
    try {
      return parse(source, { ecmaVersion: 'latest', sourceType: 'commonjs' });
    } catch {
      // A file that is wrong both as a module and as a script fails as a module: the error that a reader expects.
      throw asModule;
    }
  }
}

function countStructure(program: Program, source: string): Structure {
  const starts = findLineStarts(source);
  let functions = 0;
  let imports = 0;
  let longest: LongFunction | undefined;
  visit(program, (node, parent) => {
    if (isImport(node)) imports += 1;
    if (!isFunction(node)) return;
    functions += 1;
    if (isCalledInPlace(node, parent)) return;
    const line = findLine(starts, node.start);
    const lines = findLine(starts, node.end - 1) - line + 1;
    const isLonger = longest === undefined || lines > longest.lines;
    if (isLonger || (lines === longest?.lines && line < longest.line)) {
      longest = { name: describeFunction(node, parent, source), line, lines };
    }
  });
  const kind = program.body.some(({ type }) => /^(?:Import|Export)\w*Declaration$/.test(type))
    ? 'module'
    : 'script';
  return { kind, functions, imports, ...(longest && { longest }) };
}

type Visit = (node: AnyNode, parent: AnyNode | undefined) => void;

/** Visits a tree, the last child first, on a stack of its own: what the parser could nest needs no stack here. */
function visit(root: AnyNode, visitNode: Visit): void {
  const nodes: AnyNode[] = [root];
  const parents: (AnyNode | undefined)[] = [undefined];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    visitNode(node, parents.pop());
    // A loop over the keys: arrays of children would cost as much as the parsing.
    for (const key in node) pushNodes(node[key as keyof AnyNode], nodes);
    while (parents.length < nodes.length) parents.push(node);
  }
}

function pushNodes(value: unknown, nodes: AnyNode[]): void {
  if (Array.isArray(value)) for (const child of value) pushNodes(child, nodes);
  else if (isNode(value)) nodes.push(value);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

function isImport(node: AnyNode): boolean {
  if (node.type === 'ImportDeclaration' || node.type === 'ImportExpression') return true;
  if (node.type === 'ExportAllDeclaration') return true;
  if (node.type === 'ExportNamedDeclaration') return node.source != null;
  if (node.type !== 'CallExpression') return false;
  const [first] = node.arguments;
  const isRequire = node.callee.type === 'Identifier' && node.callee.name === 'require';
  return isRequire && first?.type === 'Literal' && typeof first.value === 'string';
}

/** `(function () { … })()`, and `(function () { … }).call(this)`, whose parent is the member. */
function isCalledInPlace(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'CallExpression') return parent.callee === node;
  return parent?.type === 'MemberExpression' && parent.object === node;
}

function describeFunction(node: FunctionNode, parent: AnyNode | undefined, source: string): string {
  const named = node.id ?? findTarget(parent);
  const name = named == null ? '' : source.slice(named.start, named.end);
  return name === '' || name.length > 60 ? 'anonymous' : name;
}

/** Finds the name that a nameless function is bound to by the node around it. */
function findTarget(parent: AnyNode | undefined): { start: number; end: number } | undefined {
  if (parent?.type === 'VariableDeclarator') return parent.id;
  if (parent?.type === 'AssignmentExpression') return parent.left;
  if (parent?.type === 'Property' || parent?.type === 'MethodDefinition') return parent.key;
  return parent?.type === 'PropertyDefinition' ? parent.key : undefined;
}

function findLineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line, from 1, of a position: the last line that starts at or before it. */
function findLine(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
