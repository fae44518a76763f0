import { findLostChange } from '../../changes/find-lost.ts';
import { listUses } from '../../changes/text/list-uses.ts';
import { parseFunction } from '../../changes/text/tree.ts';
import type { UsesByName } from '../../changes/text/use.ts';
import { isOfPackage, type Script } from '../../locate/script.ts';
import type { FunctionSource } from '../../source/syntax/function-source.ts';
import { getLoadedModules } from '../../reference/modules.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import type { FunctionFacts } from '../builder/origins.ts';
import { addVariable, Refusal, type Trail } from '../builder/refusal.ts';
import { nameLine, showLine } from '../builder/user-line.ts';
import { describeType } from '../variables/variables.ts';

/** Length of the longest text that is read a second time, in characters: longer functions are whole programs. */
const LONGEST = 200_000;

/** Uses found in a text, which are the same for all closures made from it. */
const known = new WeakMap<FunctionSource, UsesByName>();

/** Notes a function that is captured as text. `variables` are those that travel by their values. */
export function noteText(
  builder: GraphBuilder,
  fn: Function,
  { text, script }: FunctionFacts & { script: Script },
  source: FunctionSource,
  variables: ReadonlyMap<string, unknown>,
  trail: Trail | undefined,
): void {
  // Data that a package changes is its own business: it may be a cache of another kind.
  const isOwn = source.kind !== 'class' && !isOfPackage(script) && isCalledByName(trail);
  const uses = (): UsesByName | undefined => (isOwn ? readUses(text, source, script) : undefined);
  const textStart = source.end - text.length;
  builder.texts.functions.push({ fn, listUses: uses, variables, script, source, textStart, trail });
}

/** Refuses data of which only the worker's copy would change, and of which nobody would see it. */
export function assertChangesSeen({ texts }: GraphBuilder, task: unknown): void {
  const isLeft = (value: unknown, name: string): boolean => isCounter(name) || isExportedByOthers(value);
  const lost = findLostChange(texts.functions, task, isLeft);
  if (lost === undefined) return;
  const { script, source, textStart, trail, variables } = lost.text;
  const { binding, start } = source.free.get(lost.name) ?? { binding: undefined, start: textStart };
  const declared = nameLine(script, binding?.start ?? start);
  const changed = showLine(script, textStart + lost.start);
  throw new Refusal(
    'variable',
    `it only changes${changed}: only the worker's copy would change, and nothing reads that`,
    'Return the value and put it together from the results, fold the results with reduce(), or share it with telar/memory.',
    addVariable(trail, lost.name, describeType(variables.get(lost.name)), declared),
  );
}

function readUses(text: string, source: FunctionSource, script: Script): UsesByName | undefined {
  let uses = known.get(source);
  if (uses === undefined) {
    const tree = text.length > LONGEST ? undefined : parseFunction(text, source.kind, script.isModule);
    if (tree === undefined) return undefined;
    uses = listUses(tree);
    known.set(source, uses);
  }
  return uses;
}

/**
 * Returns whether a function is the task, or a helper that a variable stands for. Of the methods of an object or a
 * class nobody knows whether the task calls them, and the maker of a `perWorker` value runs once in each worker.
 */
function isCalledByName(trail: Trail | undefined): boolean {
  for (let at = trail; at !== undefined; at = at.previous) if (at.step.kind !== 'variable') return false;
  return true;
}

/**
 * Returns whether a variable counts for a tool that measures what tests cover: such a tool writes into every function,
 * and reads the counts itself.
 */
function isCounter(name: string): boolean {
  return /^_*cov_/.test(name);
}

/** Returns whether a CommonJS module has a value among its exports, so that it was imported here. */
function isExportedByOthers(value: unknown): boolean {
  for (const module of Object.values(getLoadedModules())) {
    const exports: unknown = module?.exports;
    if (typeof exports !== 'object' || exports === null) continue;
    for (const property of Object.values(Object.getOwnPropertyDescriptors(exports)))
      if (property.value === value) return true;
  }
  return false;
}
