import { isOfPackage, type Script } from '../../locate/script.ts';
import { analyseScript } from '../../source/analysis.ts';
import type { Binding, FreeVariable, FunctionSource } from '../../source/syntax/function-source.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns whether an assignment to a variable changes nothing that the caller could miss, so that each worker may make
 * it for itself: one of a function to its own name or to the cache of a template's text, which compilers write both; or
 * to what a package keeps for itself, such as a value that it found out once, or its current state. What a package
 * counts is what it is asked for.
 */
export function isOwnAffair(
  { binding }: FreeVariable,
  value: unknown,
  source: FunctionSource,
  script: Script,
): boolean {
  if (binding === undefined) return false;
  if (!binding.isUsedPlainly || isOfRegenerator(binding, script)) return true;
  if (isOfPackage(script) && !binding.isCounted) return true;
  if (typeof value !== 'function') return false;
  const homes: readonly Range[] = [
    ...findHomes(binding, script),
    ...(isText(value, source, script) ? [source] : []),
  ];
  return homes.some(({ start, end }) => binding.assignments.every((at) => start <= at && at < end));
}

/** Finds the functions that a variable was declared with. */
function findHomes(binding: Binding, script: Script): readonly Range[] {
  const { kind, start, init } = binding;
  const { functions } = analyseScript(script);
  if (kind === 'function') {
    const around = functions.filter((one) => one.start <= start && start < one.end);
    return around.toSorted((left, right) => right.start - left.start).slice(0, 1);
  }
  if (init === undefined) return [];
  return functions.filter((one) => init.start <= one.start && one.end <= init.end);
}

/**
 * Returns whether a variable is one of those with which compilers run generators for old targets: functions of
 * regenerator share a variable for what each needs for a moment.
 */
function isOfRegenerator({ start }: Binding, script: Script): boolean {
  const { functions } = analyseScript(script);
  return functions.some(
    (one) =>
      one.start <= start &&
      start < one.end &&
      /^function _?regenerator(?:Runtime)?\b/.test(script.text.slice(one.start, one.start + 40)),
  );
}

function isText(value: Function, source: FunctionSource, script: Script): boolean {
  return script.text.slice(source.start, source.end) === Function.prototype.toString.call(value);
}
