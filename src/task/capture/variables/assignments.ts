import { isOfPackage, type Script } from '../../locate/script.ts';
import { analyseScript } from '../../source/analysis.ts';
import type { Binding, FreeVariable, FunctionSource } from '../../source/syntax/function-source.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Whether an assignment to a variable changes nothing that the caller could miss, so that each worker may make it for itself:
 * that of a function to its own name, and that to the cache of a template's text, which compilers write both; and what a package
 * keeps for itself, such as what it has found out once, or what it is at. What a package counts is what it is asked for.
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

/** The functions that a variable was declared with. */
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

/** What compilers run generators with for old targets: its functions share a variable for what each needs for a moment. */
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
