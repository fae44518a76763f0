import { readNodes } from '../syntax/imports.ts';
import { isNode, type SyntaxNode } from '../syntax/parser.ts';
import { readName } from './member.ts';
import type { Surroundings } from './surroundings.ts';

/** Helpers of TypeScript and esbuild, which call the function that they are given with the `this` that they are given. */
const helpers = /^__(?:awaiter|generator|asyncGenerator|async)$/;

/** Returns whether a declaration does nothing but give the `this` of its function a name. */
export function namesThis(target: unknown, init: unknown): boolean {
  return isNode(target) && target.type === 'Identifier' && isNode(init) && init.type === 'ThisExpression';
}

/**
 * Visits the arguments of a call. Compiled code hands its `this` on without using it: `fn.apply(this, arguments)`. Where the
 * function stands in the call that gets it, as in `__awaiter(this, …, function* () { … })`, it says whether it uses it.
 */
export function visitArguments(
  at: Surroundings,
  call: SyntaxNode,
  visit: (argument: SyntaxNode) => void,
): void {
  const given = readNodes(call['arguments']);
  const before = at.functions.length;
  for (const argument of given) {
    if (argument.type === 'Identifier') at.refer(argument, { isHandedOn: true });
    else if (argument.type !== 'ThisExpression') visit(argument);
  }
  const handed = given.find(({ type }) => type === 'ThisExpression');
  if (handed === undefined) return;
  const body = isHelper(call) ? given.at(-1)?.start : undefined;
  const receiver = at.functions.find(({ bodyStart }, index) => index >= before && bodyStart === body);
  if (receiver === undefined || receiver.usesThis)
    at.borrow('this', receiver?.ownThis ?? handed.start, '', receiver?.ownThis === undefined);
}

/** Returns whether a call is one of a compiler's helper, whose name a minifier may have changed. */
function isHelper({ callee, arguments: given }: SyntaxNode): boolean {
  const [first, ...rest] = readNodes(given);
  const body = rest.pop();
  if (first?.type !== 'ThisExpression' || body?.type !== 'FunctionExpression') return false;
  return (
    helpers.test(readCallee(callee)) ||
    (body['generator'] === true && rest.length > 0 && rest.every(isNothing))
  );
}

/** Reads the last name of a callee: `__awaiter` of `(0, tslib.__awaiter)`. */
function readCallee(callee: unknown): string {
  if (!isNode(callee)) return '';
  if (callee.type === 'SequenceExpression') return readCallee(readNodes(callee['expressions']).at(-1));
  return readName(callee.type === 'MemberExpression' ? callee['property'] : callee);
}

/** Returns whether an argument says nothing: `null`, `void 0`, or the arguments of the function itself. */
function isNothing({ type, operator, value, name }: SyntaxNode): boolean {
  return (
    (type === 'Literal' && value === null) ||
    (type === 'UnaryExpression' && operator === 'void') ||
    (type === 'Identifier' && name === 'arguments')
  );
}
