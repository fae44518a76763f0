import type { FunctionKind, FunctionSource } from './function-source.ts';
import { readNodes, readString } from './imports.ts';
import { isNode, type SyntaxNode } from './parser.ts';

/** Notes what a class body says of its instances and of the class itself. */
export function describeMember(source: FunctionSource, member: SyntaxNode): void {
  const { key } = member;
  if (member['static'] !== true && isPrivate(key)) source.privateMember ??= member.start;
  if (member['static'] === true && isNode(key) && member['computed'] !== true)
    source.staticNames.add(readString(key));
}

/** The expression that a class extends; `extends null` is a part of the text. */
export function findSuperClass({ superClass }: SyntaxNode): SyntaxNode | undefined {
  return isNode(superClass) && superClass.type !== 'Literal' ? superClass : undefined;
}

/** What kind of function a field of a class or an object is, if it is one. */
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

/** Whether a list of statements begins with the directive. */
export function hasUseStrict(body: unknown): boolean {
  for (const statement of readNodes(body)) {
    if (typeof statement['directive'] !== 'string') return false;
    if (statement['directive'] === 'use strict') return true;
  }
  return false;
}
