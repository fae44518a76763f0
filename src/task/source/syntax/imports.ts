import type { SyntaxNode } from './parser.ts';
import { isNode } from './parser.ts';

/** The export that an imported name stands for. */
export interface ImportSource {
  readonly specifier: string;
  /** The export's name; `*` for the whole module. */
  readonly name: string;
  /** Attributes of the import, such as `{ type: 'json' }`. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/** Reads the source of each name that an `import` declaration declares. */
export function* readImports(
  declaration: SyntaxNode,
): Generator<{ local: SyntaxNode; source: ImportSource }> {
  const specifier = readString(declaration['source']);
  const attributes = readAttributes(declaration['attributes']);
  for (const entry of readNodes(declaration['specifiers'])) {
    const { local } = entry;
    if (isNode(local)) yield { local, source: { specifier, name: readImportedName(entry), attributes } };
  }
}

/** Finds the module behind `await import('…')`, when an expression is just that. */
export function readImportCall(expression: SyntaxNode | undefined): ImportSource | undefined {
  const call = expression?.type === 'AwaitExpression' ? expression['argument'] : undefined;
  if (!isNode(call) || call.type !== 'ImportExpression' || isNode(call['options'])) return undefined;
  const { source } = call;
  if (!isNode(source) || typeof source['value'] !== 'string') return undefined;
  return { specifier: source['value'], name: '*', attributes: undefined };
}

/** Reads the text of an identifier or of a string literal. */
export function readString(node: unknown): string {
  if (!isNode(node)) return '';
  return String(node.type === 'Identifier' ? node['name'] : node['value']);
}

export function readNodes(value: unknown): readonly SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function readImportedName(entry: SyntaxNode): string {
  if (entry.type === 'ImportNamespaceSpecifier') return '*';
  return entry.type === 'ImportDefaultSpecifier' ? 'default' : readString(entry['imported']);
}

function readAttributes(value: unknown): Record<string, string> | undefined {
  const entries = readNodes(value).map(
    ({ key, value: text }) => [readString(key), readString(text)] as const,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
