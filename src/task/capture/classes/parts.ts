import type { Script } from '../../locate/script.ts';
import type { ClassMember, FreeVariable, FunctionSource } from '../../source/syntax/function-source.ts';
import type { ClassPlan } from '../builder/plan.ts';

/** The parts of a class's text that need not be made again, since the class shows their results. */
export interface LeftOut {
  readonly keys: readonly ClassMember[];
  readonly blocks: readonly ClassMember[];
  /** Static blocks that would do again what was done, and that hold private names, which only they can set. */
  readonly needed: readonly ClassMember[];
}

export const nothingLeftOut: LeftOut = { keys: [], blocks: [], needed: [] };

/**
 * Finds the static blocks whose work can be read off the class, and that would do harm: they change methods or
 * variables, or go on with what such a block has set. (Compiled decorators of a class make the class anew in one block,
 * and begin it in the other.)
 */
export function findLeftOut(source: FunctionSource, plan: ClassPlan, script: Script): LeftOut {
  const all = source.members.filter(({ kind }) => kind === 'block');
  const set = new Set(
    all.flatMap(({ free }) => [...free.values()].filter(isAssigned).map(({ name }) => name)),
  );
  const blocks = all.filter(
    ({ free }) => plan.hasOtherMethods || [...free.keys()].some((name) => set.has(name)),
  );
  const hasPrivates = ({ start, end }: ClassMember): boolean =>
    /#[\p{ID_Start}$_]/u.test(script.text.slice(start, end));
  return {
    keys: source.members.filter((member) => plan.keys.has(member)),
    blocks: blocks.filter((block) => !hasPrivates(block)),
    needed: plan.hasOtherMethods ? blocks.filter(hasPrivates) : [],
  };
}

function isAssigned({ assignedAt }: FreeVariable): boolean {
  return assignedAt !== undefined;
}

/** Lists the names that a function or a class uses from outside, without those that only left-out parts use. */
export function listFree(source: FunctionSource, { keys, blocks }: LeftOut): readonly FreeVariable[] {
  if (source.members.length === 0) return [...source.free.values()];
  const free = new Map(source.free);
  for (const member of source.members) {
    if (keys.includes(member) || blocks.includes(member)) continue;
    for (const [name, variable] of member.free) free.set(name, mergeUses(free.get(name), variable));
  }
  return [...free.values()];
}

/** Lists the names that a class needs to come into being. */
export function listEager(source: FunctionSource, { keys, blocks }: LeftOut): ReadonlySet<string> {
  const parts = source.members.filter((member) => !keys.includes(member) && !blocks.includes(member));
  return new Set([...source.eager, ...parts.flatMap(({ free }) => [...free.keys()])]);
}

function mergeUses(known: FreeVariable | undefined, variable: FreeVariable): FreeVariable {
  if (known === undefined) return variable;
  return { ...known, assignedAt: known.assignedAt ?? variable.assignedAt, members: undefined };
}
