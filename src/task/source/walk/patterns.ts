import { readNodes } from '../syntax/imports.ts';
import { isNode, type SyntaxNode } from '../syntax/parser.ts';

/** Visitors of the parts of a pattern. */
interface PatternVisitor {
  readonly onTarget: (target: SyntaxNode) => void;
  readonly onValue: (value: unknown) => void;
}

/** Walks a destructuring pattern: its defaults and computed keys are uses, its leaves are targets. */
export function visitPattern(pattern: unknown, visitor: PatternVisitor): void {
  if (!isNode(pattern)) return;
  if (pattern.type === 'ObjectPattern') {
    for (const property of readNodes(pattern['properties'])) {
      if (property['computed'] === true) visitor.onValue(property['key']);
      visitPattern(property.type === 'RestElement' ? property : property['value'], visitor);
    }
  } else if (pattern.type === 'ArrayPattern') {
    for (const element of readNodes(pattern['elements'])) visitPattern(element, visitor);
  } else if (pattern.type === 'AssignmentPattern') {
    visitPattern(pattern['left'], visitor);
    visitor.onValue(pattern['right']);
  } else if (pattern.type === 'RestElement') {
    visitPattern(pattern['argument'], visitor);
  } else {
    visitor.onTarget(pattern);
  }
}

/** Lists the names that `const { a, b: c } = value` takes from the value; `undefined` where it may take others. */
export function listTaken(pattern: unknown): readonly string[] | undefined {
  if (!isNode(pattern) || pattern.type !== 'ObjectPattern') return undefined;
  const names: string[] = [];
  for (const property of readNodes(pattern['properties'])) {
    const { key } = property;
    if (property.type !== 'Property' || property['computed'] === true || !isNode(key)) return undefined;
    names.push(String(key.type === 'Identifier' ? key['name'] : key['value']));
  }
  return names;
}
