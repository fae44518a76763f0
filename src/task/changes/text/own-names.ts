import { readNodes } from '../../source/syntax/imports.ts';
import { readName } from '../../source/walk/member.ts';
import { isNode, type SyntaxNode } from '../../source/syntax/parser.ts';
import { findEnd, findParent } from './climb.ts';
import { readKey } from './keys.ts';
import { mayChange } from './mutators.ts';
import type { Tree } from './tree.ts';

/**
 * The most steps by which aliases of aliases, and locals made of locals, are followed; beyond, anything may be read.
 */
export const DEEPEST = 16;

/** The names by which a text knows one variable. They show where a value made of the variable goes back into it. */
export class OwnNames {
  readonly #tree: Tree;
  readonly #name: string;
  /** Places where constants stand for the variable, or for a part of it. */
  readonly #aliases = new Set<SyntaxNode>();

  constructor(tree: Tree, name: string) {
    this.#tree = tree;
    this.#name = name;
  }

  addAlias(node: SyntaxNode): void {
    this.#aliases.add(node);
  }

  /**
   * Returns whether the value of an expression only goes into the variable itself, so that nothing can be told from it.
   */
  goesBack(node: SyntaxNode, depth: number): boolean {
    if (depth > DEEPEST) return false;
    let isShown = false;
    for (let at = node; ;) {
      const { parent, child } = findParent(this.#tree, at);
      switch (parent.type) {
        case 'AssignmentExpression':
          return parent['right'] === child && this.#isOwn(parent['left']) && this.#isDropped(parent);
        case 'VariableDeclarator':
          return !isShown && parent['init'] === child && this.#isLocalGoingBack(parent, depth + 1);
        case 'MemberExpression':
          // The key in `list[list.length] = x` says where the value goes, and tells nothing.
          if (parent['property'] === child) return this.#isOwn(parent) && this.#isPlace(parent);
          break;
        case 'CallExpression':
          if (parent['callee'] !== child && this.#isChangeOfOwn(parent)) return true;
          isShown = true;
          break;
        case 'NewExpression':
        case 'TaggedTemplateExpression':
        case 'YieldExpression':
          isShown = true;
          break;
        default:
          if (!isWithinExpression(parent)) return false;
      }
      at = parent;
    }
  }

  /** Returns whether a constant made of what the variable holds goes back, with all that is made of it. */
  #isLocalGoingBack(declarator: SyntaxNode, depth: number): boolean {
    const { id } = declarator;
    if (!isNode(id) || id.type !== 'Identifier' || isVar(this.#tree, declarator)) return false;
    if (this.#tree.bindings.get(id.start)?.assigned === true) return false;
    const uses = this.#tree.uses.get(id.start) ?? [];
    return uses.length > 0 && uses.every((use) => this.goesBack(use, depth));
  }

  /**
   * Returns whether a call changes the same variable, and nobody takes its result: its arguments go into the variable.
   */
  #isChangeOfOwn(call: SyntaxNode): boolean {
    if (!this.#isDropped(call)) return false;
    const { callee } = call;
    if (!isNode(callee) || callee.type !== 'MemberExpression') return false;
    const [first] = readNodes(call['arguments']);
    if (mayChange(readKey(callee) ?? '')) return this.#isOwn(callee);
    return findStaticChange(this.#tree, call) !== undefined && first !== undefined && this.#isOwn(first);
  }

  #isDropped(node: SyntaxNode): boolean {
    return findEnd(this.#tree, node) === 'dropped';
  }

  /** Returns whether a member stands where it is set, deleted, or has a method called that changes it. */
  #isPlace(member: SyntaxNode): boolean {
    const { parent, child } = findParent(this.#tree, member);
    if (parent.type === 'AssignmentExpression') return parent['left'] === child && this.#isDropped(parent);
    if (parent.type === 'UpdateExpression') return this.#isDropped(parent);
    if (parent.type === 'UnaryExpression') return parent['operator'] === 'delete';
    return parent.type === 'MemberExpression' && parent['object'] === child && this.#isPlace(parent);
  }

  /** Returns whether an expression is the variable, or a member of it, however deep; of all targets of a pattern. */
  #isOwn(expression: unknown): boolean {
    if (!isNode(expression)) return false;
    if (expression.type === 'Identifier')
      return this.#aliases.has(expression) || this.#tree.free.get(this.#name)?.includes(expression) === true;
    if (expression.type === 'MemberExpression') return this.#isOwn(expression['object']);
    if (expression.type === 'ChainExpression') return this.#isOwn(expression['expression']);
    if (expression.type !== 'ArrayPattern') return false;
    return readNodes(expression['elements']).every((element) => this.#isOwn(element));
  }
}

/** Finds the change made to a first argument, as by `Object.assign(own, …)` or `Array.prototype.push.apply(own, …)`. */
export function findStaticChange({ free }: Tree, { callee }: SyntaxNode): string | undefined {
  if (!isNode(callee) || callee.type !== 'MemberExpression') return undefined;
  const object = callee['object'] as SyntaxNode;
  const method = readKey(callee) ?? '';
  if (object.type === 'Identifier') {
    const name = readName(object);
    if (free.get(name)?.includes(object) !== true) return undefined;
    return staticChanges.has(`${name}.${method}`) ? 'member' : undefined;
  }
  if ((method !== 'call' && method !== 'apply') || object.type !== 'MemberExpression') return undefined;
  const borrowed = readKey(object) ?? '';
  return mayChange(borrowed) ? borrowed : undefined;
}

const staticChanges = new Set([
  'Object.assign',
  'Object.defineProperty',
  'Object.defineProperties',
  'Reflect.set',
  'Reflect.defineProperty',
  'Reflect.deleteProperty',
]);

/** Returns whether a declaration is one by `var`, which may be declared again. */
export function isVar(tree: Tree, declarator: SyntaxNode): boolean {
  return tree.parents.get(declarator)?.['kind'] === 'var';
}

/** Returns whether the way up still leads through one and the same expression. */
function isWithinExpression({ type }: SyntaxNode): boolean {
  return (
    /Expression$|Literal$|^(?:SpreadElement|Property|TemplateElement)$/.test(type) &&
    !/Function|Class/.test(type)
  );
}
