import { createHash } from 'node:crypto';
import { blocks, isByteSource } from '../../bytes/source.ts';
import type { Sink } from '../../bytes/sink.ts';
import type { Input } from '../../flow/source/open-source.ts';
import { isPositioned, positions } from '../../flow/source/positioned.ts';
import type { RunIdentity } from '../../journal/header.ts';
import { type RetryOptions, resolveRetries } from '../../options/retries.ts';
import { describeStore, fingerprintTask } from '../../task/definition/fingerprint.ts';
import { resolveTask } from '../../task/resolve-task.ts';
import { skip } from '../../wire/message/outcome.ts';
import type { DeadLetterSink } from '../stage/dead-letters.ts';
import type { Spec } from '../stage/specs.ts';

/** Identifies a run of a pipeline by its input, the functions of its stages, and what else makes its results. */
export async function identifyRun(
  input: Input<unknown>,
  specs: readonly Spec[],
  sink: Sink<never> | undefined,
  store: unknown,
): Promise<RunIdentity> {
  const functions = await Promise.all(specs.flatMap(listFunctions));
  const hash = createHash('sha256').update(JSON.stringify(functions)).digest('hex').slice(0, 32);
  const stages = specs.map(describeStage).filter((text) => text !== '');
  const end = sink === undefined ? 'no sink' : (sink.resumable?.name ?? '');
  return {
    input: await describeInput(input),
    task: `${functions.length} functions ${hash}`,
    options: [...stages, end, ...describeStore(store)].join(', '),
  };
}

async function describeInput(input: Input<unknown>): Promise<string> {
  if (isByteSource(input)) {
    const { format, describe } = input[blocks];
    return `${JSON.stringify(format)} ${(await describe?.()) ?? 'a stream'}`;
  }
  if (isPositioned(input)) return input[positions].describe();
  const isSized = Array.isArray(input) || ArrayBuffer.isView(input);
  if (!isSized) return 'an iterable';
  return `${(input as object).constructor.name} of ${(input as unknown as { length: number }).length} items`;
}

/**
 * Lists the fingerprints of the functions of a stage. A function that runs on the event loop may use what cannot
 * travel, such as a connection: there the text counts, and not the values of the variables.
 */
function listFunctions(spec: Spec): Promise<string>[] {
  switch (spec.kind) {
    case 'cpu':
      return [fingerprint(spec.task)];
    case 'groupBy':
      return [
        fingerprint(spec.key),
        fingerprint(spec.fold.init),
        fingerprint(spec.fold.step),
        readText(spec.fold.merge),
      ];
    case 'distinct':
      return spec.by === undefined ? [] : [fingerprint(spec.by)];
    case 'io':
      return [readText(spec.fn)];
    case 'tap':
      return [readText(spec.fn)];
    case 'batch':
    case 'onError':
      return [];
  }
}

async function fingerprint(task: Function): Promise<string> {
  return fingerprintTask(await resolveTask(task));
}

async function readText(fn: (...args: never[]) => unknown): Promise<string> {
  return Function.prototype.toString.call(fn);
}

/** Describes the options of a stage that make a difference to what it gives. */
function describeStage(spec: Spec): string {
  switch (spec.kind) {
    case 'io':
    case 'cpu': {
      const { retries, timeout, name } = spec.options;
      const call = spec.kind === 'cpu' ? spec.call : 'io';
      return [call, name, describeRetries(retries), timeout !== undefined && `timeout ${timeout}`]
        .filter((text) => text !== undefined && text !== false && text !== '')
        .join(' ');
    }
    case 'batch': {
      const { size, maxWait } = spec.options;
      return `batch ${size}${maxWait === undefined ? '' : ` maxWait ${maxWait}`}`;
    }
    case 'onError':
      return `onError ${describeDeadLetters(spec.sink)}`;
    case 'groupBy':
    case 'distinct':
    case 'tap':
      return spec.kind;
  }
}

function describeRetries(retries: number | RetryOptions | undefined): string {
  const { most } = resolveRetries(retries);
  return most === 0 ? '' : `retries ${most}`;
}

function describeDeadLetters(sink: DeadLetterSink): string {
  if (sink === skip) return 'skip';
  return typeof sink === 'function' ? 'function' : ((sink as Sink<never>).resumable?.name ?? 'sink');
}
