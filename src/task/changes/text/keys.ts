import { readName } from '../../source/walk/member.ts';
import { isNode, type SyntaxNode } from '../../source/syntax/parser.ts';

/** Reads the name of a member, where the text says it. */
export function readKey(member: SyntaxNode): string | undefined {
  return readPropertyKey({ ...member, key: member['property'] });
}

/** Reads the name of a property of an object, or of a pattern, where the text says it. */
export function readPropertyKey(property: Readonly<Record<string, unknown>>): string | undefined {
  const { key, computed } = property;
  if (!isNode(key) || key.type === 'PrivateIdentifier') return undefined;
  if (key.type === 'Literal') return String(key['value']);
  return computed === true ? undefined : readName(key);
}
