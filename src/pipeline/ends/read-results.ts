import { captureContext, iterateIn } from '../../async/async-context.ts';
import { isThenable } from '../../async/iterator-step.ts';
import { optionError } from '../../options/check.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import type { Collected } from '../../wire/message/payload.ts';
import { CountMerge, type Merge, readState, ReduceMerge, TopMerge } from '../flows/merge.ts';
import type { EndForm } from '../run/composed.ts';
import { pullPipeline } from '../run/run-pipeline.ts';
import type { PipelineSummary } from '../stage/pipeline-counts.ts';
import type { Description } from './description.ts';
import { type EndCall, makeJob, runTo, takeCall } from './run-into.ts';

/** Runs a pipeline, and collects all results, in order. */
export async function collectResults(description: Description, call: EndCall): Promise<unknown[]> {
  const results: unknown[] = [];
  const take = (portion: Collected): void => {
    const page = readPage(portion);
    for (let at = 0; at < page.length; at++) results.push(page[at]);
  };
  await runTo(description, { kind: 'values' }, { take }, takeCall(call));
  return results;
}

/** Runs a pipeline, and calls `fn` with each result, in order and one after the other; a promise is awaited. */
export async function visitResults(
  description: Description,
  fn: (result: never) => unknown,
  call: EndCall,
): Promise<PipelineSummary> {
  const take = async (portion: Collected): Promise<void> => {
    const page = readPage(portion);
    for (let at = 0; at < page.length; at++) {
      const waiting = fn(page[at] as never);
      if (isThenable(waiting)) await waiting;
    }
  };
  return await runTo(description, { kind: 'values' }, { take }, takeCall(call));
}

/** An end whose states, one of each chunk, become one value. */
type EndFold = Exclude<EndForm, { kind: 'values' | 'bytes' }>;

/** Runs a pipeline, and merges what the workers have made of their chunks. */
export async function foldResults(description: Description, fold: EndFold, call: EndCall): Promise<unknown> {
  const merge = makeMerge(fold);
  const take = (portion: Collected): void => {
    merge.add(readState(portion));
  };
  await runTo(description, fold, { take }, takeCall(call));
  return merge.value;
}

function makeMerge(fold: EndFold): Merge<unknown> {
  switch (fold.kind) {
    case 'count':
      return new CountMerge();
    case 'reduce':
      return new ReduceMerge(fold.fold);
    case 'topK':
      return new TopMerge(fold.count);
  }
}

/** Gives the results of a pipeline one by one: each reader of the iterable that this returns runs the pipeline anew. */
export function iterateResults<T>(description: Description, given: EndCall): AsyncIterable<T> {
  const call = takeCall(given);
  const { options } = call;
  if (options.signals !== undefined && options.signals !== false) {
    throw optionError(
      '`signals` is for ends that run by themselves, such as .forEach(): leave the loop instead.',
    );
  }
  const job = makeJob(description, { kind: 'values' }, call);
  // The first reader may have another context than the caller.
  const context = captureContext();
  return { [Symbol.asyncIterator]: () => iteratePages<T>(iterateIn(context, pullPipeline(job))) };
}

function readPage(portion: Collected): ArrayLike<unknown> {
  return portion.kind === 'values' ? unpackValues(portion.values) : [];
}

async function* iteratePages<T>(portions: AsyncIterable<Collected>): AsyncGenerator<T, undefined, undefined> {
  for await (const portion of portions) {
    const page = readPage(portion);
    for (let at = 0; at < page.length; at++) yield page[at] as T;
  }
  return undefined;
}
