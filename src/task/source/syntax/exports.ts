import { readNodes, readString } from './imports.ts';
import { isNode, type SyntaxNode } from './parser.ts';

/** The exports that an ES module has under names of its own. */
export interface ModuleExports {
  /** Export name by local name. */
  readonly names: ReadonlyMap<string, string>;
  /** Offset of the expression that is exported as default, when it has no name. */
  readonly anonymousDefault: number | undefined;
}

export function readExports(program: SyntaxNode): ModuleExports {
  const names = new Map<string, string>();
  let anonymousDefault: number | undefined;
  for (const statement of readNodes(program['body'])) {
    const { declaration, source } = statement;
    if (statement.type === 'ExportDefaultDeclaration' && isNode(declaration)) {
      const name = readDeclaredNames(declaration)[0] ?? readIdentifier(declaration);
      if (name === undefined) anonymousDefault = declaration.start;
      else names.set(name, 'default');
    } else if (statement.type === 'ExportNamedDeclaration' && !isNode(source)) {
      for (const name of readDeclaredNames(declaration)) names.set(name, name);
      for (const { local, exported } of readNodes(statement['specifiers'])) {
        names.set(readString(local), readString(exported));
      }
    }
  }
  return { names, anonymousDefault };
}

function readDeclaredNames(declaration: unknown): string[] {
  if (!isNode(declaration)) return [];
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') {
    return isNode(declaration['id']) ? [readString(declaration['id'])] : [];
  }
  if (declaration.type !== 'VariableDeclaration') return [];
  return readNodes(declaration['declarations']).flatMap(({ id }) => readPatternNames(id));
}

function readPatternNames(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  if (pattern.type === 'Identifier') return [readString(pattern)];
  const parts = [pattern['left'], pattern['argument'], pattern['value'], ...readNodes(pattern['elements'])];
  return [...parts, ...readNodes(pattern['properties'])].flatMap(readPatternNames);
}

function readIdentifier(node: SyntaxNode): string | undefined {
  return node.type === 'Identifier' ? readString(node) : undefined;
}
