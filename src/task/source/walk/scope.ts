import type {
  Binding,
  ClassMember,
  FreeVariable,
  FunctionSource,
  MemberUse,
} from '../syntax/function-source.ts';
import type { SyntaxNode } from '../syntax/parser.ts';

/** The names of one block, function, class or module. */
export interface Scope {
  readonly parent: Scope | undefined;
  /** Whether `var` stops here. */
  readonly isFunction: boolean;
  /** The function or class that begins with this scope. */
  readonly owner: FunctionSource | undefined;
  readonly bindings: Map<string, Binding>;
}

/** A name in use. */
export interface Reference {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly use: NameUse;
  readonly scope: Scope;
  /** The computed keys and static blocks around the name. */
  readonly parts: readonly ClassMember[];
}

/** The use that is made of a name. */
export interface NameUse {
  readonly isWrite?: boolean;
  /** The member that is read off the name by names of its own, one after the other, as `b` and `c` of `a.b.c`. */
  readonly member?: { readonly path: readonly string[]; readonly isCalled: boolean } | undefined;
  /** Whether the name is a cache that only this place uses. */
  readonly isCache?: boolean;
  /** Whether a write works the new value out of the old one. */
  readonly isCounted?: boolean;
  /** Whether the value is an argument of a call, and nothing else is done with it. */
  readonly isHandedOn?: boolean;
}

/** Statements whose parts are a scope of their own, or run only at times. */
export const blocks: ReadonlySet<string> = new Set([
  'BlockStatement',
  'DoWhileStatement',
  'ForStatement',
  'IfStatement',
  'SwitchStatement',
  'WhileStatement',
]);

export function createScope(parent: Scope | undefined, isFunction: boolean, owner?: FunctionSource): Scope {
  return { parent, isFunction, owner, bindings: new Map() };
}

export function declareName(
  scope: Scope,
  binding: Omit<Binding, 'assigned' | 'assignments' | 'isUsedPlainly' | 'isCounted' | 'isLookedAt'>,
): void {
  let target = scope;
  if (binding.kind === 'var')
    while (!target.isFunction && target.parent !== undefined) target = target.parent;
  const known = target.bindings.get(binding.name);
  // A parameter that is declared again by `var` stays what it is.
  if (known !== undefined) known.assigned ||= known.kind === 'var' && binding.init !== undefined;
  else {
    // A variable that is declared in a block may never come to its value.
    const assigned = target !== scope && binding.init !== undefined;
    const unused = { assigned, assignments: [], isUsedPlainly: false, isCounted: false, isLookedAt: false };
    target.bindings.set(binding.name, { ...binding, ...unused });
  }
}

/** Finds the declaration of a name that is made already. */
export function findBinding(scope: Scope, name: string): Binding | undefined {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const binding = level.bindings.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

/** Finds the declaration of a name, and tells every function on the way out that it uses the name from outside. */
export function resolveReference(reference: Reference): Binding | undefined {
  const { name, node, use, scope, parts } = reference;
  const crossed: FunctionSource[] = [];
  let binding: Binding | undefined;
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    binding = level.bindings.get(name);
    if (binding !== undefined) break;
    if (level.owner !== undefined) crossed.push(level.owner);
  }
  if (binding !== undefined && use.isWrite === true) {
    binding.assigned = true;
    binding.assignments.push(node.start);
  }
  if (binding !== undefined && use.isCache !== true) binding.isUsedPlainly = true;
  if (binding !== undefined && use.isHandedOn !== true) binding.isLookedAt = true;
  if (binding !== undefined && use.isCounted === true) binding.isCounted = true;
  for (const source of crossed) {
    const part = parts.find(({ owner }) => owner === source);
    noteUse((part ?? source).free, reference, binding);
  }
  return binding;
}

function noteUse(
  free: Map<string, FreeVariable>,
  { name, node: { start }, use }: Reference,
  binding: Binding | undefined,
): void {
  const assignedAt = use.isWrite === true ? start : undefined;
  let known = free.get(name);
  if (known === undefined) {
    known = { name, binding, start, assignedAt, members: new Map() };
    free.set(name, known);
  }
  known.assignedAt ??= assignedAt;
  const { member } = use;
  if (member === undefined) known.members = undefined;
  else noteMember(known.members, member.path, member.isCalled);
}

function noteMember(
  members: Map<string, MemberUse> | undefined,
  [name, ...rest]: readonly string[],
  isCalled: boolean,
): void {
  if (members === undefined || name === undefined) return;
  const isLast = rest.length === 0;
  let use = members.get(name);
  if (use === undefined) members.set(name, (use = { isCalled: false, members: new Map() }));
  if (isLast) {
    use.isCalled ||= isCalled;
    use.members = undefined;
  } else noteMember(use.members, rest, isCalled);
}
