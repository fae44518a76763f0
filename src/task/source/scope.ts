import type { Binding, FunctionSource } from './function-source.ts';
import type { SyntaxNode } from './parser.ts';

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
  readonly isWrite: boolean;
  readonly scope: Scope;
}

export function createScope(parent: Scope | undefined, isFunction: boolean, owner?: FunctionSource): Scope {
  return { parent, isFunction, owner, bindings: new Map() };
}

export function declareName(scope: Scope, binding: Omit<Binding, 'assigned'>): void {
  let target = scope;
  if (binding.kind === 'var')
    while (!target.isFunction && target.parent !== undefined) target = target.parent;
  // A parameter declared again by `var` stays what it is.
  if (!target.bindings.has(binding.name)) target.bindings.set(binding.name, { ...binding, assigned: false });
}

/** Finds what a name refers to and tells every function on the way out that it uses the name from outside. */
export function resolveReference({ name, node, isWrite, scope }: Reference): Binding | undefined {
  const { start } = node;
  const crossed: FunctionSource[] = [];
  let binding: Binding | undefined;
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    binding = level.bindings.get(name);
    if (binding !== undefined) break;
    if (level.owner !== undefined) crossed.push(level.owner);
  }
  if (binding !== undefined && isWrite) binding.assigned = true;
  for (const { free } of crossed) {
    const known = free.get(name);
    if (known === undefined)
      free.set(name, { name, binding, start, assignedAt: isWrite ? start : undefined });
    else if (isWrite) known.assignedAt ??= start;
  }
  return binding;
}
