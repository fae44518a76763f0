import { LONGEST } from './scan-reads.ts';
import { readNodes } from './syntax/imports.ts';
import { isNode, parseProgram, type SyntaxNode } from './syntax/parser.ts';

/**
 * Lists the members that a function reads off one of its parameters by name, as its text says; `undefined` where the
 * parameter may be used in any other way: passed on, returned, spread, changed, called on, captured under another name.
 * In doubt it is: no scopes are worked out, so that each name that is spelled as the parameter counts as the parameter.
 *
 * @param text - Text of the function, as `toString` gives it.
 * @param position - Number of the parameter, from 0.
 */
export function listReads(text: string, position: number): readonly string[] | undefined {
  if (text.length > LONGEST) return undefined;
  const fn = parseFunction(text);
  if (fn === undefined) return undefined;
  const parameters = readNodes(fn['params']);
  const parameter = parameters[position];
  const names = new Set<string>();
  if (parameter === undefined) {
    if (parameters.some(({ type }) => type === 'RestElement')) return undefined;
  } else if (parameter.type === 'ObjectPattern') {
    if (!addTaken(parameter, names)) return undefined;
  } else if (parameter.type !== 'Identifier') return undefined;
  const name = parameter?.type === 'Identifier' ? String(parameter['name']) : undefined;
  return new Visit(name, parameter, names).visit(fn) ? [...names] : undefined;
}

/** Parses the text of a function by itself: an expression, or a method of an object. */
function parseFunction(text: string): SyntaxNode | undefined {
  for (const isModule of [false, true]) {
    for (const isMethod of [false, true]) {
      const expression = parseExpression(isMethod ? `({${text}})` : `(${text})`, isModule);
      const members = isMethod ? readNodes(expression?.['properties']) : [];
      const fn = isMethod ? members[0]?.['value'] : expression;
      if (members.length > 1 || !isNode(fn)) continue;
      if (fn.type === 'ArrowFunctionExpression' || fn.type === 'FunctionExpression') return fn;
    }
  }
  return undefined;
}

function parseExpression(text: string, isModule: boolean): SyntaxNode | undefined {
  try {
    const program = parseProgram(text, isModule) as unknown as SyntaxNode;
    const statements = readNodes(program['body']);
    const expression = statements.length === 1 ? statements[0]?.['expression'] : undefined;
    return isNode(expression) ? expression : undefined;
  } catch {
    return undefined;
  }
}

/** A look at all nodes of a function, for each use of a name. */
class Visit {
  readonly #name: string | undefined;
  readonly #declaration: SyntaxNode | undefined;
  readonly #names: Set<string>;

  constructor(name: string | undefined, declaration: SyntaxNode | undefined, names: Set<string>) {
    this.#name = name;
    this.#declaration = declaration;
    this.#names = names;
  }

  /** Notes what is read. Returns whether nothing else is done. */
  visit(fn: SyntaxNode): boolean {
    const left: [node: SyntaxNode, above: readonly SyntaxNode[]][] = [[fn, []]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [node, above] = next;
      if (node.type === 'WithStatement') return false;
      if (node.type === 'Identifier' && !this.#isHarmless(node, above)) return false;
      const around = [node, ...above.slice(0, 2)];
      for (const value of Object.values(node)) {
        for (const part of Array.isArray(value) ? value : [value]) {
          if (isNode(part)) left.push([part, around]);
        }
      }
    }
    return true;
  }

  #isHarmless(node: SyntaxNode, [parent, ...above]: readonly SyntaxNode[]): boolean {
    const name = String(node['name']);
    const isCode = name === 'eval' || name === 'arguments';
    if ((name !== this.#name && !isCode) || parent === undefined || isPropertyName(node, parent)) return true;
    if (isCode) return false;
    if (node === this.#declaration) return true;
    if (parent.type === 'VariableDeclarator') {
      return parent['init'] === node && addTaken(parent['id'], this.#names);
    }
    const member = parent.type === 'MemberExpression' ? readMember(parent) : undefined;
    if (member === undefined || !isRead(parent, above)) return false;
    this.#names.add(member);
    return true;
  }
}

/** Returns whether an identifier is the name of a property, or a label, and stands for no value. */
function isPropertyName(node: SyntaxNode, parent: SyntaxNode): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return parent['property'] === node && parent['computed'] !== true;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent['key'] === node && parent['computed'] !== true && parent['shorthand'] !== true;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return parent['label'] === node;
    default:
      return false;
  }
}

/** Reads the name of a member that the text says; `undefined` for `row[name]`. */
function readMember({ property, computed }: SyntaxNode): string | undefined {
  if (!isNode(property)) return undefined;
  if (computed !== true) return property.type === 'Identifier' ? String(property['name']) : undefined;
  return readLiteral(property);
}

function readLiteral({ type, value }: SyntaxNode): string | undefined {
  if (type !== 'Literal') return undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Returns whether a member is read only: not set, deleted, or called, which would give it the object as `this`. */
function isRead(member: SyntaxNode, [parent, above]: readonly SyntaxNode[]): boolean {
  if (parent === undefined) return true;
  if (parent.type === 'ChainExpression') return above === undefined || isRead(parent, [above]);
  switch (parent.type) {
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent['left'] !== member;
    case 'UpdateExpression':
    case 'ArrayPattern':
    case 'RestElement':
      return false;
    case 'UnaryExpression':
      return parent['operator'] !== 'delete';
    case 'CallExpression':
    case 'NewExpression':
      return parent['callee'] !== member;
    case 'TaggedTemplateExpression':
      return parent['tag'] !== member;
    case 'Property':
      return above?.type !== 'ObjectPattern' || parent['value'] !== member;
    default:
      return true;
  }
}

/** Adds the names that `const { a, b: c } = row` takes; returns false where it may take others. */
function addTaken(pattern: unknown, names: Set<string>): boolean {
  if (!isNode(pattern) || pattern.type !== 'ObjectPattern') return false;
  for (const property of readNodes(pattern['properties'])) {
    const { key, computed } = property;
    if (property.type !== 'Property' || !isNode(key)) return false;
    const name = computed !== true && key.type === 'Identifier' ? String(key['name']) : readLiteral(key);
    if (name === undefined) return false;
    names.add(name);
  }
  return true;
}
