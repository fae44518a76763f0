import { readNodes } from '../../source/syntax/imports.ts';
import { readName } from '../../source/walk/member.ts';
import { isNode, type SyntaxNode } from '../../source/syntax/parser.ts';
import type { Tree } from './tree.ts';

const collections = new Set(
  (
    'Array Map Set Object Date Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array ' +
    'Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array'
  ).split(' '),
);

/** Returns whether an expression can only give a primitive, or a new array, map, set or plain object. */
export function isPlainText(tree: Tree, node: unknown): boolean {
  if (!isNode(node)) return true;
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'UpdateExpression':
      return true;
    case 'ArrayExpression':
      return readNodes(node['elements']).every((element) => isPlainText(tree, element));
    case 'ObjectExpression':
      return readNodes(node['properties']).every(
        (property) => property.type === 'Property' && isPlainText(tree, property['value']),
      );
    case 'LogicalExpression':
      return isPlainText(tree, node['left']) && isPlainText(tree, node['right']);
    case 'ConditionalExpression':
      return isPlainText(tree, node['consequent']) && isPlainText(tree, node['alternate']);
    case 'NewExpression':
      return isNode(node['callee']) && isCollection(tree, node['callee']);
    default:
      return false;
  }
}

function isCollection({ free }: Tree, callee: SyntaxNode): boolean {
  const name = readName(callee);
  return collections.has(name) && free.get(name)?.includes(callee) === true;
}
