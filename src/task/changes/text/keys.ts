import { readName } from '../../source/walk/member.ts';
import { isNode, type SyntaxNode } from '../../source/syntax/parser.ts';

/** The name of a member, where the text says it. */
export function readKey(member: SyntaxNode): string | undefined {
  return readPropertyKey({ ...member, key: member['property'] });
}

/** The same of what stands in an object, or in a pattern. */
export function readPropertyKey(property: Readonly<Record<string, unknown>>): string | undefined {
  const { key, computed } = property;
  if (!isNode(key) || key.type === 'PrivateIdentifier') return undefined;
  if (key.type === 'Literal') return String(key['value']);
  return computed === true ? undefined : readName(key);
}
