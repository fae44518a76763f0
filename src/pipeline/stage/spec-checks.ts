import { refuseSwapped } from '../../options/arguments.ts';
import { optionError } from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import { skip } from '../../wire/message/outcome.ts';
import type { FoldSpec } from './specs.ts';
import type { CpuOptions } from './stage-options.ts';

/**
 * Throws at the call when the function of a stage is none, and says what is wrong.
 *
 * @param next - The argument behind the function.
 */
export function assertStageTask(fn: unknown, method: string, next?: unknown): asserts fn is Function {
  if (typeof fn === 'function') return;
  refuseSwapped(typeof next === 'function', `.${method}(function, options)`, [fn, next]);
  throw new TypeError(`Expected .${method}() to get a function, got ${describeValue(fn)}.`);
}

/** Takes the functions of a fold, which the caller may change while the pipeline runs. Throws for what is none. */
export function takeFold(fold: unknown, method: string): FoldSpec {
  const functions = (typeof fold === 'object' && fold !== null ? fold : {}) as Record<string, unknown>;
  for (const name of ['init', 'step', 'merge']) {
    if (typeof functions[name] === 'function') continue;
    throw new TypeError(
      `Expected .${method}() to get { init, step, merge }, all functions; \`${name}\` is ${describeValue(functions[name])}.`,
    );
  }
  const { init, step, merge } = functions as unknown as FoldSpec;
  return { init, step, merge };
}

export function assertSink(sink: unknown, method: 'onError' | 'start' | 'to'): void {
  const kind: unknown =
    typeof sink === 'object' && sink !== null ? (sink as { kind?: unknown }).kind : undefined;
  const isSink =
    (kind === 'bytes' || kind === 'values') && typeof (sink as { open?: unknown }).open === 'function';
  if (isSink || (method === 'onError' && (typeof sink === 'function' || sink === skip))) return;
  const others = method === 'onError' ? ', a function or `skip`' : '';
  throw new TypeError(
    `Expected .${method}() to get a sink such as toNdjson(path)${others}, got ${describeValue(sink)}.`,
  );
}

/** Refuses an option that means something for methods of spawned objects only. */
export function refuseConcurrency({ concurrency }: CpuOptions, method: string): void {
  if (concurrency === undefined) return;
  throw optionError(
    `Expected no \`concurrency\` in .${method}(): it is for methods of spawned objects. Other tasks run on the ` +
      `workers of the pool: give \`workers\` to the end of the pipeline.`,
  );
}
