import { readNodes } from '../../source/syntax/imports.ts';
import { isNode, type SyntaxNode } from '../../source/syntax/parser.ts';
import { findEnd, findParent, isDroppedCall } from './climb.ts';
import { readKey, readPropertyKey } from './keys.ts';
import { givesElement, givesItself, mayChange } from './mutators.ts';
import { DEEPEST, findStaticChange, isVar, OwnNames } from './own-names.ts';
import { isPlainText } from './plain-text.ts';
import type { Tree } from './tree.ts';
import type { Path, Use, UsesByName } from './use.ts';

/** Lists the uses that a function makes of each variable of its surroundings, at each place where it names it. */
export function listUses(tree: Tree): UsesByName {
  const uses = new Map<string, readonly Use[]>();
  for (const [name, nodes] of tree.free) {
    const visit = new Visit(tree, name);
    for (const node of nodes) visit.follow(node, [], 0);
    uses.set(name, visit.uses);
  }
  return uses;
}

class Visit {
  readonly uses: Use[] = [];
  readonly #tree: Tree;
  readonly #own: OwnNames;

  constructor(tree: Tree, name: string) {
    this.#tree = tree;
    this.#own = new OwnNames(tree, name);
  }

  /** Notes what is done with the object that `node` stands for: the variable's, or what that holds at `path`. */
  follow(node: SyntaxNode, path: Path, depth: number): void {
    if (depth > DEEPEST) return this.#read();
    const { parent, child } = findParent(this.#tree, node);
    switch (parent.type) {
      case 'MemberExpression':
        if (parent['object'] === child) return this.#followMember(parent, path, depth);
        return this.#followValue(node, depth);
      case 'AssignmentExpression':
        if (parent['left'] === child) return this.#followAssignment(parent, path, depth);
        return this.#followValue(node, depth);
      case 'UpdateExpression':
        return this.#followArithmetic(parent, path, depth);
      case 'UnaryExpression':
        if (parent['operator'] === 'delete' && path.length > 0) return this.#change(path, true, node);
        return this.#followValue(node, depth);
      case 'VariableDeclarator':
        return parent['init'] === child && !isVar(this.#tree, parent)
          ? this.#followPattern(parent['id'], path, depth)
          : this.#read();
      case 'ForInStatement':
      case 'ForOfStatement':
        return parent['left'] === child && path.length > 0 ? this.#change(path, false, node) : this.#read();
      case 'CallExpression':
        return this.#followCall(parent, child, node, path, depth);
      case 'ExpressionStatement':
        return undefined;
      case 'ArrayPattern':
      case 'RestElement':
      case 'AssignmentPattern':
      case 'Property':
        if (path.length > 0 && isTarget(this.#tree, node)) return this.#change(path, false, node);
        return this.#followValue(node, depth);
      default:
        return this.#followValue(node, depth);
    }
  }

  #followMember(member: SyntaxNode, path: Path, depth: number): void {
    const key = readKey(member);
    const { parent, child } = findParent(this.#tree, member);
    if (parent.type !== 'CallExpression' || parent['callee'] !== child)
      return this.follow(member, [...path, key], depth);
    const method = key ?? '';
    if (method === 'call' || method === 'apply') return this.#followBorrowed(parent, path);
    if (mayChange(method)) {
      const end = findEnd(this.#tree, parent);
      this.#call(path, method, parent, end === 'returned');
      if (end === 'dropped' || end === 'returned') return undefined;
      // A chain such as `map.set(a, 1).set(b, 2)` goes on with the map itself.
      return givesItself(method) ? this.follow(parent, path, depth + 1) : this.#followValue(parent, depth);
    }
    if (givesElement(method)) return this.follow(parent, [...path, undefined], depth + 1);
    return this.#followValue(parent, depth);
  }

  /** Follows `list.push.apply(list, more)`: the second `list` says what is done to which object. */
  #followBorrowed(call: SyntaxNode, path: Path): void {
    const method = path.at(-1);
    if (method === undefined || !mayChange(method) || findEnd(this.#tree, call) !== 'dropped')
      return this.#read();
  }

  #followAssignment(assignment: SyntaxNode, path: Path, depth: number): void {
    if (path.length === 0) return this.#read();
    const operator = String(assignment['operator']);
    const right = assignment['right'] as SyntaxNode;
    const isLogical = /^(?:\?\?|\|\||&&)=$/.test(operator);
    if (!isLogical && operator !== '=') return this.#followArithmetic(assignment, path, depth);
    this.#change(path, isPlainText(this.#tree, right), assignment);
    if (findEnd(this.#tree, assignment) === 'dropped') return undefined;
    // An expression such as `(groups[key] ??= [])` stands for the member.
    if (isLogical) return this.follow(assignment, path, depth + 1);
    return this.#followValue(assignment, depth);
  }

  /** Follows `stats.count++` and `stats.total += n`: the member is read where somebody takes the result. */
  #followArithmetic(expression: SyntaxNode, path: Path, depth: number): void {
    const end = findEnd(this.#tree, expression);
    this.#change(path, true, expression, end === 'returned');
    return end === 'used' ? this.#followValue(expression, depth) : undefined;
  }

  /** Follows an object that is an argument: of a call that changes it, or of any other. */
  #followCall(call: SyntaxNode, child: SyntaxNode, node: SyntaxNode, path: Path, depth: number): void {
    if (call['callee'] === child) {
      if (path.length > 0) return this.#read();
      this.uses.push({ kind: 'invoke', isDropped: findEnd(this.#tree, call) === 'dropped' });
      return undefined;
    }
    const isFirst = readNodes(call['arguments'])[0] === child;
    if (path.length === 0 && isDroppedCall(this.#tree, node)) {
      this.uses.push({ kind: 'invoke', isDropped: true });
      return undefined;
    }
    const changing = isFirst ? findStaticChange(this.#tree, call) : undefined;
    const isDropped = changing !== undefined && findEnd(this.#tree, call) === 'dropped';
    if (changing === undefined || !isDropped) return this.#followValue(node, depth);
    if (changing === 'member') this.#change([...path, undefined], false, node);
    else this.#call(path, changing, call);
  }

  /** Follows a constant that stands for the object, or for a part of it. */
  #followPattern(pattern: unknown, path: Path, depth: number): void {
    if (!isNode(pattern)) return undefined;
    switch (pattern.type) {
      case 'Identifier': {
        const binding = this.#tree.bindings.get(pattern.start);
        if (binding?.assigned === true) return this.#read();
        const uses = this.#tree.uses.get(pattern.start) ?? [];
        for (const use of uses) this.#own.addAlias(use);
        for (const use of uses) this.follow(use, path, depth + 1);
        return undefined;
      }
      case 'AssignmentPattern':
        return this.#followPattern(pattern['left'], path, depth);
      case 'ObjectPattern':
        for (const property of readNodes(pattern['properties'])) {
          // A rest element is a copy of what the object holds.
          if (property.type === 'RestElement') this.#read();
          else this.#followPattern(property['value'], [...path, readPropertyKey(property)], depth + 1);
        }
        return undefined;
      case 'ArrayPattern':
        for (const element of readNodes(pattern['elements'])) {
          if (element.type === 'RestElement') this.#read();
          else this.#followPattern(element, [...path, undefined], depth + 1);
        }
        return undefined;
      default:
        return this.#read();
    }
  }

  /** Notes that the value of `node` is used. Where it only goes back into the variable, nothing can be told from it. */
  #followValue(node: SyntaxNode, depth: number): void {
    if (!this.#own.goesBack(node, depth)) this.#read();
  }

  #offset(start: number): number {
    return start - this.#tree.textStart;
  }

  #read(): void {
    this.uses.push({ kind: 'read' });
  }

  #change(path: Path, isPlain: boolean, { start }: SyntaxNode, isReturned = false): void {
    // The variable itself is none of its members.
    if (path.length === 0) this.#read();
    else
      this.uses.push({
        kind: 'change',
        path: path.slice(0, -1),
        isPlain,
        isReturned,
        start: this.#offset(start),
      });
  }

  #call(path: Path, method: string, call: SyntaxNode, isReturned = false): void {
    const values = readNodes(call['arguments']);
    // The key of a map is no part of what is found under it.
    const put = method === 'set' ? values.slice(1) : values;
    const isPlain = put.every((value) => isPlainText(this.#tree, value));
    this.uses.push({ kind: 'call', path, method, isPlain, isReturned, start: this.#offset(call.start) });
  }
}

/** Returns whether a member stands in a pattern that is assigned to. */
function isTarget({ parents }: Tree, node: SyntaxNode): boolean {
  let child = node;
  for (let at = parents.get(node); at !== undefined; at = parents.get(at)) {
    if (at.type === 'AssignmentExpression') return at['left'] === child;
    if (!/^(?:Property|(?:Object|Array|Assignment)Pattern|RestElement)$/.test(at.type)) return false;
    if ((at.type === 'Property' && at['value'] !== child) || at['right'] === child) return false;
    child = at;
  }
  return false;
}
