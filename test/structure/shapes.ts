import { type Node, parse } from 'acorn';

/** A function or a class of a built file, with what a limit may be set on. */
export interface Shape {
  /** Such as `Run#settle` or `Run`. */
  readonly name: string;
  readonly kind: 'function' | 'class';
  /** Number of lines from its first to its last, as built: without types. */
  readonly lines: number;
  /** Number of fields of a class, private and static ones too. */
  readonly fields: number;
  /** Number of methods of a class, accessors and the constructor too. */
  readonly methods: number;
}

type Tree = Node & Readonly<Record<string, unknown>>;

/** Lists the functions and classes of a built file, in order. Functions inside of others are listed as well. */
export function listShapes(code: string): Shape[] {
  const shapes: Shape[] = [];
  const lines = (node: Tree): number => code.slice(node.start, node.end).split('\n').length;

  const visit = (node: Tree, name: string, owner: string): void => {
    let inner = owner;
    if (/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
      const own = nameOf(node) ?? (name || '(anonymous)');
      shapes.push({ name: own, kind: 'function', lines: lines(node), fields: 0, methods: 0 });
    } else if (/^(?:ClassDeclaration|ClassExpression)$/.test(node.type)) {
      inner = nameOf(node) ?? (name || '(anonymous)');
      const members = (node.body as { readonly body: readonly Tree[] }).body;
      const count = (type: string): number => members.filter((member) => member.type === type).length;
      shapes.push({
        name: inner,
        kind: 'class',
        lines: lines(node),
        fields: count('PropertyDefinition'),
        methods: count('MethodDefinition'),
      });
    }
    const given = nameGivenBy(node, inner);
    for (const child of childrenOf(node)) visit(child, given, inner);
  };

  visit(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Tree, '', '');
  return shapes;
}

/** The name that a node gives to a function which is its value. */
function nameGivenBy(node: Tree, owner: string): string {
  const named = (node.key ?? node.id) as { readonly name?: string } | null | undefined;
  if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') {
    return `${owner}#${named?.name ?? '(computed)'}`;
  }
  return node.type === 'VariableDeclarator' || node.type === 'Property' ? (named?.name ?? '') : '';
}

function nameOf(node: Tree): string | undefined {
  return (node.id as { readonly name: string } | null | undefined)?.name;
}

function* childrenOf(node: Tree): Generator<Tree> {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) yield child as Tree;
    }
  }
}
