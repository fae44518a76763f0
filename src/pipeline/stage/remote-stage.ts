import { optionError } from '../../options/check.ts';
import type { RemoteMethod } from '../../task/handle/remote-method.ts';
import { skip } from '../../wire/message/outcome.ts';
import type { CpuSpec, IoSpec } from './specs.ts';
import type { CpuOptions } from './stage-options.ts';

/**
 * Describes a stage whose work is done by spawned objects: to the pipeline it waits, as one on the event loop does.
 *
 * @throws TypeError when an option is for stages on the workers of a pool.
 */
export function describeRemoteStage(
  method: RemoteMethod,
  call: CpuSpec['call'],
  { chunkSize, concurrency = method.instances, name = method.name, retries, timeout }: CpuOptions,
): IoSpec {
  if (chunkSize !== undefined) {
    throw optionError(
      `\`${method.name}\` is a method of a spawned object, which takes items one by one: \`chunkSize\` is for tasks on the workers of a pool.`,
    );
  }
  const fn = async (item: never, index: number): Promise<unknown> =>
    finish(await method.call(item, index), call, item);
  // A retry does not wait unless it is told to, as on the workers.
  const retry = typeof retries === 'number' ? { retries } : retries;
  return { kind: 'io', fn, options: { name, concurrency, retries: retry, timeout } };
}

function finish(value: unknown, call: CpuSpec['call'], item: unknown): unknown {
  if (call === 'filter') return value ? item : skip;
  if (isAsyncIterable(value)) return passOn(value);
  if (call === 'task') return value;
  return passOn(value as Iterable<unknown>);
}

/** Passes values on as a generator: a stage expands no other iterable. */
async function* passOn(values: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<unknown> {
  yield* values;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
