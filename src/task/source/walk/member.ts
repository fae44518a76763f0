import type { ClassMember, FunctionKind, FunctionSource } from '../syntax/function-source.ts';
import { readNodes, readString } from '../syntax/imports.ts';
import { isNode, type SyntaxNode } from '../syntax/parser.ts';

/** Fields that hold names, not values. */
export const nameFields: ReadonlyMap<string, readonly string[]> = new Map([
  ['LabeledStatement', ['label']],
  ['BreakStatement', ['label']],
  ['ContinueStatement', ['label']],
  ['ExportSpecifier', ['local', 'exported']],
  ['ExportAllDeclaration', ['exported']],
]);

/** Notes what a member of a class says of the instances and of the class itself. */
export function addMember(owner: FunctionSource, node: SyntaxNode): ClassMember | undefined {
  const { key } = node;
  const isStatic = node['static'] === true || node.type === 'StaticBlock';
  if (!isStatic && isPrivate(key)) owner.privateMember ??= node.start;
  if (node['kind'] === 'constructor') return undefined;
  const isComputed = node['computed'] === true;
  const member: ClassMember = {
    owner,
    kind: findMemberKind(node),
    isStatic,
    key: isNode(key) && !isComputed && !isPrivate(key) ? readString(key) : undefined,
    computed: isNode(key) && isComputed ? { start: key.start, end: key.end } : undefined,
    start: node.start,
    end: node.end,
    free: new Map(),
  };
  owner.members.push(member);
  return member;
}

function findMemberKind(node: SyntaxNode): ClassMember['kind'] {
  if (node.type === 'StaticBlock') return 'block';
  if (node.type !== 'MethodDefinition') return 'field';
  return node['kind'] === 'get' ? 'getter' : node['kind'] === 'set' ? 'setter' : 'method';
}

/** Finds the expression that a class extends; `extends null` is a part of the text. */
export function findSuperClass({ superClass }: SyntaxNode): SyntaxNode | undefined {
  return isNode(superClass) && superClass.type !== 'Literal' ? superClass : undefined;
}

/** Finds the kind of function that a field of a class or an object is, if it is one. */
export function findMethodKind(member: SyntaxNode): FunctionKind | undefined {
  if (member['kind'] === 'get') return 'getter';
  if (member['kind'] === 'set') return 'setter';
  return member.type === 'MethodDefinition' || member['method'] === true ? 'method' : undefined;
}

export function isPrivate(key: unknown): boolean {
  return isNode(key) && key.type === 'PrivateIdentifier';
}

export function readName(node: unknown): string {
  return isNode(node) ? String(node['name']) : '';
}

/** Returns whether a list of statements begins with the directive. */
export function hasUseStrict(body: unknown): boolean {
  for (const statement of readNodes(body)) {
    if (typeof statement['directive'] !== 'string') return false;
    if (statement['directive'] === 'use strict') return true;
  }
  return false;
}

/** Reads what a member is read off of, and by which names: `a` and `b`, `c` for `a.b.c`; no root where it is no variable. */
export function readPath(node: SyntaxNode): { root: SyntaxNode | undefined; path: readonly string[] } {
  const path: string[] = [];
  let at: SyntaxNode = node;
  while (at.type === 'MemberExpression') {
    const { object, property } = at;
    const isNamed =
      isNode(property) &&
      property.type !== 'PrivateIdentifier' &&
      (at['computed'] !== true || typeof property['value'] === 'string');
    if (!isNamed || !isNode(object)) break;
    path.unshift(readString(property));
    at = object;
  }
  return { root: at.type === 'Identifier' ? at : undefined, path };
}
