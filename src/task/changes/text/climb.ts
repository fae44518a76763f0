import { readNodes } from '../../source/syntax/imports.ts';
import { readName } from '../../source/walk/member.ts';
import { isNode, type SyntaxNode } from '../../source/syntax/parser.ts';
import type { Tree } from './tree.ts';

/** The fate of an expression's value: nothing takes it, or the function returns it, or it is used. */
export type End = 'dropped' | 'returned' | 'used';

/** Finds the node around another, without those that stand for it alone: `a?.b` as a whole, `await a`. */
export function findParent({ parents }: Tree, node: SyntaxNode): { parent: SyntaxNode; child: SyntaxNode } {
  let child = node;
  let parent = parents.get(node) as SyntaxNode;
  while (parent.type === 'ChainExpression' || parent.type === 'ParenthesizedExpression') {
    child = parent;
    parent = parents.get(parent) as SyntaxNode;
  }
  return { parent, child };
}

/** Finds out what becomes of the value of `node`. */
export function findEnd(tree: Tree, node: SyntaxNode, depth = 0): End {
  const { parent, child } = findParent(tree, node);
  switch (parent.type) {
    case 'ExpressionStatement':
      // The text of the function stands in an expression statement, which drops nothing of the function's.
      return child === tree.root ? 'used' : 'dropped';
    case 'AwaitExpression':
      return findEnd(tree, parent, depth);
    case 'UnaryExpression':
      return parent['operator'] === 'void' ? 'dropped' : 'used';
    case 'SequenceExpression':
      return readNodes(parent['expressions']).at(-1) === child ? findEnd(tree, parent, depth) : 'dropped';
    case 'LogicalExpression':
      return parent['right'] === child ? findEnd(tree, parent, depth) : 'used';
    case 'ConditionalExpression':
      return parent['test'] === child ? 'used' : findEnd(tree, parent, depth);
    case 'ForStatement':
      return parent['test'] === child ? 'used' : 'dropped';
    case 'ArrowFunctionExpression':
      return parent['body'] === child ? findEndOfResults(tree, parent, depth) : 'used';
    case 'ReturnStatement': {
      const owner = findFunction(tree, parent);
      return owner === undefined ? 'used' : findEndOfResults(tree, owner, depth);
    }
    default:
      return 'used';
  }
}

/** Finds out what becomes of the results of a function that the text holds. */
function findEndOfResults(tree: Tree, fn: SyntaxNode, depth: number): End {
  if (fn === tree.root) return fn['generator'] === true ? 'used' : 'returned';
  if (fn['generator'] === true || depth > 8) return 'used';
  const { parent, child } = findParent(tree, fn);
  if (parent.type === 'CallExpression') {
    if (parent['callee'] === child) return findEnd(tree, parent, depth + 1);
    return isForEach(parent, child) ? 'dropped' : 'used';
  }
  const id = parent.type === 'VariableDeclarator' ? parent['id'] : fn['id'];
  if (!isNode(id) || id.type !== 'Identifier') return 'used';
  const binding = tree.bindings.get(id.start);
  const uses = tree.uses.get(id.start) ?? [];
  if (binding === undefined || binding.assigned || uses.length === 0) return 'used';
  return uses.every((use) => isDroppedCall(tree, use, depth + 1)) ? 'dropped' : 'used';
}

/** Returns whether a name of a function stands where it is called, and nobody takes the result. */
export function isDroppedCall(tree: Tree, node: SyntaxNode, depth = 0): boolean {
  const { parent, child } = findParent(tree, node);
  if (parent.type !== 'CallExpression') return false;
  if (parent['callee'] === child) return findEnd(tree, parent, depth) === 'dropped';
  return isForEach(parent, child);
}

/** Returns whether a function is given to `forEach`, the one method that gives nothing on what its function returns. */
function isForEach(call: SyntaxNode, fn: SyntaxNode): boolean {
  const { callee } = call;
  return (
    readNodes(call['arguments'])[0] === fn &&
    isNode(callee) &&
    callee.type === 'MemberExpression' &&
    callee['computed'] !== true &&
    readName(callee['property']) === 'forEach'
  );
}

function findFunction({ parents, root }: Tree, node: SyntaxNode): SyntaxNode | undefined {
  for (let at = parents.get(node); at !== undefined; at = parents.get(at)) {
    if (at === root || /Function(?:Expression|Declaration)$/.test(at.type)) return at;
  }
  return undefined;
}
