import { readNodes } from '../syntax/imports.ts';
import { isNode, type SyntaxNode } from '../syntax/parser.ts';
import { readName } from './member.ts';

/** An expression that makes the value of a variable at its first use: `name || (name = made([…]))`. */
export interface Cache {
  readonly uses: readonly SyntaxNode[];
  readonly value: SyntaxNode;
}

/**
 * Reads the cache that compilers make of a template's text: its value is made of literals only, so that every thread
 * makes the same.
 */
export function readCache(node: SyntaxNode): Cache | undefined {
  const { left, right } = node;
  if (!isNode(left) || !isNode(right) || left.type !== 'Identifier') return undefined;
  const isShort = node.type === 'AssignmentExpression';
  const operator = String(node['operator']);
  if (!(isShort ? ['||=', '??='] : ['||', '??']).includes(operator)) return undefined;
  if (isShort) return isMadeOfLists(right) ? { uses: [left], value: right } : undefined;
  const { left: target, right: value } = right;
  if (right.type !== 'AssignmentExpression' || right['operator'] !== '=' || !isNode(value)) return undefined;
  if (!isNode(target) || target.type !== 'Identifier' || readName(target) !== readName(left))
    return undefined;
  return isMadeOfLists(value) ? { uses: [left, target], value } : undefined;
}

/** Returns whether an expression is a list of texts, or a call of a helper by its name with nothing but such lists. */
function isMadeOfLists(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression') return isList(node);
  const { callee } = node;
  const parameters = readNodes(node['arguments']);
  const isNamed =
    isNode(callee) &&
    (callee.type === 'Identifier' ||
      callee.type === 'MemberExpression' ||
      callee.type === 'SequenceExpression');
  return isNamed && parameters.length > 0 && parameters.every(isList);
}

function isList(node: SyntaxNode): boolean {
  return node.type === 'ArrayExpression' && readNodes(node['elements']).every(isConstant);
}

function isConstant(node: SyntaxNode): boolean {
  if (node.type === 'TemplateLiteral') return readNodes(node['expressions']).length === 0;
  const { argument } = node;
  return (
    node.type === 'Literal' ||
    (node.type === 'UnaryExpression' && isNode(argument) && argument.type === 'Literal')
  );
}

/** Returns whether an assignment works a new value out of the old one: `count += 1`, `count = count + 1`. */
export function isCounting({ operator, left, right }: SyntaxNode): boolean {
  if (operator !== '=') return !['||=', '&&=', '??='].includes(String(operator));
  if (!isNode(left) || left.type !== 'Identifier' || !isNode(right) || right.type !== 'BinaryExpression')
    return false;
  return [right['left'], right['right']].some(
    (side) => isNode(side) && side.type === 'Identifier' && readName(side) === readName(left),
  );
}
