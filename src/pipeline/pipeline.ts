import { isByteSource } from '../bytes/source.ts';
import type { Sink } from '../bytes/sink.ts';
import { captureCaller } from '../errors/call-site.ts';
import { refuseSwapped } from '../options/arguments.ts';
import { assertCount } from '../options/check.ts';
import { assertInput, type Input } from '../flow/source/open-source.ts';
import type { AnyFunction, ClonedValue } from '../calls/cloned.ts';
import type { Result, StageResult, Task } from '../calls/task.ts';
import { findRemoteMethod } from '../task/handle/remote-method.ts';
import type { skip } from '../wire/message/outcome.ts';
import { collectResults, foldResults, iterateResults, visitResults } from './ends/read-results.ts';
import { describe, type Description } from './ends/description.ts';
import { assertJournaled, runInto, takeCall } from './ends/run-into.ts';
import type { IoContext } from './io/io-call.ts';
import type { DeadLetterSink } from './stage/dead-letters.ts';
import { describeRemoteStage } from './stage/remote-stage.ts';
import { type KeyedOptions, resolveSpill } from './stage/keyed-options.ts';
import type { RunOptions } from './stage/run-options.ts';
import { assertSink, assertStageTask, refuseConcurrency, takeFold } from './stage/spec-checks.ts';
import type { CpuSpec, Fold, Key, Spec } from './stage/specs.ts';
import { resolveBatch, takeCpuOptions, takeIoOptions } from './stage/stage-options.ts';
import type { BatchOptions, CpuOptions, IoOptions } from './stage/stage-options.ts';
import { startRun, type StartedRun } from './stop/started.ts';
import type { PipelineSummary } from './stage/pipeline-counts.ts';

/**
 * Pulls items through stages: I/O on the event loop, CPU-bound work on the workers, all at once, each with its own
 * limit, in order, with bounded memory from the source to the sink.
 *
 * A pipeline is a description: nothing runs before an end is called (`run`, `to`, `toArray`, `for await`, …), and each
 * end runs it anew. Stages on the workers that follow one another are fused: they share one trip. `io`, `batch` and
 * `tap` run on the event loop, all others on the workers. `Sent` is the type of the items on the workers, which fused
 * stages pass on whole; `T` that on the calling thread, where they arrive without functions, as `Cloned<Point>`.
 *
 * @example
 * ```ts
 * const summary = await pipeline(urls)
 *   .io((url) => download(url), { concurrency: 64, retries: 3 })
 *   .cpu(parsePage)
 *   .batch(1000)
 *   .io((rows) => insert(rows), { concurrency: 4 })
 *   .run();
 * ```
 */
export class Pipeline<T, Sent = T> implements AsyncIterable<T> {
  readonly #description: Description;

  /** @internal Made by `pipeline()`. */
  constructor(input: Input<unknown>, specs: readonly Spec[]) {
    this.#description = describe(this, input, specs);
  }

  /**
   * Calls `fn(item, index, context)` on the event loop, for up to `concurrency` items at once: downloads, queries,
   * files. What it returns is awaited; a generator expands; `skip` and `stop` do what they do in tasks. Pass
   * `context.signal` on, so that a run that ends does not wait.
   */
  io<R>(
    fn: (item: T, index: number, context: IoContext) => R,
    options: IoOptions = {},
  ): Pipeline<StageResult<R>> {
    assertStageTask(fn, 'io', options);
    return this.#with({ kind: 'io', fn: fn as never, options: takeIoOptions(options) });
  }

  /**
   * Calls `task(item, index, context)` on the workers, as `parallelMap` does. `index` counts the items that enter the
   * group of fused stages; for records of a file it is the byte at which the record begins.
   *
   * A method of a spawned object is called as `method(item, index)` on the object's own thread, with as many calls at
   * once as there are instances, or `concurrency`.
   */
  cpu<R>(task: Task<Sent, R>, options: CpuOptions = {}): Pipeline<Result<R>, StageResult<R>> {
    return this.#withCpu('task', 'cpu', task, options);
  }

  /** Does the same as `cpu`: one result for each item. */
  map<R>(task: Task<Sent, R>, options: CpuOptions = {}): Pipeline<Result<R>, StageResult<R>> {
    return this.#withCpu('task', 'map', task, options);
  }

  /** Keeps the items for which `task` gives something true. Runs on the workers. */
  filter<S extends Sent>(
    task: (item: Sent, index: number) => item is S,
    options?: CpuOptions,
  ): Pipeline<ClonedValue<S>, S>;
  filter(task: Task<Sent, unknown>, options?: CpuOptions): Pipeline<T, Sent>;
  filter(task: Task<Sent, unknown>, options: CpuOptions = {}): Pipeline<T, Sent> {
    return this.#withCpu('filter', 'filter', task, options);
  }

  /** Replaces an item with all that `task` gives (an array, a generator, another iterable). Runs on the workers. */
  flatMap<R>(
    task: Task<Sent, Iterable<R> | AsyncIterable<R> | PromiseLike<Iterable<R>>>,
    options: CpuOptions = {},
  ): Pipeline<ClonedValue<Exclude<Awaited<R>, typeof skip>>, Exclude<Awaited<R>, typeof skip>> {
    return this.#withCpu('flatMap', 'flatMap', task, options);
  }

  /** Groups items into arrays of `size`; with `maxWait`, smaller arrays rather than late ones. */
  batch(batch: number | BatchOptions): Pipeline<T[]> {
    return this.#with({ kind: 'batch', options: resolveBatch(batch) });
  }

  /** Shows each item to `fn`, in order, on the calling thread, and passes it on. A promise is awaited. */
  tap(fn: (item: T) => unknown): Pipeline<T, Sent> {
    assertStageTask(fn, 'tap');
    return this.#with({ kind: 'tap', fn });
  }

  /**
   * Leaves out the items that a stage before it fails on, in every try, instead of ending the run: those of all
   * stages back to the `onError` before. Each goes to `sink` with its error and the name of the stage: a function, a
   * sink such as `toNdjson(path)`, or `skip`, which only counts them.
   */
  onError(sink: DeadLetterSink): Pipeline<T, Sent> {
    assertSink(sink, 'onError');
    return this.#with({ kind: 'onError', sink });
  }

  /**
   * Groups items by a key, and folds each group: `[key, state]` for each, in the order in which the keys first came,
   * when the input has ended. They are held in memory until then; with `spill`, beyond that in files.
   */
  groupBy<K extends Key, A>(
    key: (item: Sent) => K,
    fold: Fold<Sent, A>,
    options?: KeyedOptions,
  ): Pipeline<[K, ClonedValue<A>]> {
    refuseSwapped(typeof fold === 'function', '.groupBy(key, { init, step, merge })', [key, fold]);
    assertStageTask(key, 'groupBy');
    const spec = takeFold(fold, 'groupBy');
    return this.#with({ kind: 'groupBy', key, fold: spec, spill: resolveSpill(options) });
  }

  /**
   * Keeps the first of all items with the same key. The keys are held in memory; with `spill`, beyond that in files: what
   * comes from there on leaves at the end. `@defaultValue` the item itself
   */
  distinct(by?: (item: Sent) => Key, options?: KeyedOptions): Pipeline<T, Sent> {
    if (by !== undefined) assertStageTask(by, 'distinct', options);
    return this.#with({ kind: 'distinct', by, spill: resolveSpill(options) });
  }

  /** Runs the pipeline for its effects. */
  async run(options: RunOptions = {}): Promise<PipelineSummary> {
    return await runInto(this.#description, undefined, { options, callSite: captureCaller() });
  }

  /** Runs the pipeline into a sink: a file, a table. The workers encode what the sink wants as bytes. */
  async to(sink: Sink<T>, options: RunOptions = {}): Promise<PipelineSummary> {
    const callSite = captureCaller();
    assertSink(sink, 'to');
    return await runInto(this.#description, sink, { options, callSite });
  }

  /**
   * Starts `.run(options)`, or `.to(sink, options)`: a run that goes on by itself, such as one over a log, until it is
   * told to stop. Wrong arguments throw; what becomes of the run is told by `done`.
   *
   * @example
   * ```ts
   * await using following = pipeline(tail('app.log')).cpu(parse).start(toNdjson('app.ndjson'), { journal: 'app.journal' });
   * ```
   */
  start(options?: RunOptions): StartedRun;
  start(sink: Sink<T>, options?: RunOptions): StartedRun;
  start(first?: RunOptions | Sink<T>, second?: RunOptions): StartedRun {
    const callSite = captureCaller();
    const hasSink = second !== undefined || (typeof first === 'object' && first !== null && 'open' in first);
    const sink = hasSink ? (first as Sink<T>) : undefined;
    const options = (hasSink ? second : (first as RunOptions | undefined)) ?? {};
    if (sink !== undefined) assertSink(sink, 'start');
    const call = takeCall({ options, callSite }, true);
    assertJournaled(this.#description, call, sink);
    return startRun((started) => runInto(this.#description, sink, { ...call, started }));
  }

  /** Collects all results, in order. */
  async toArray(options: RunOptions = {}): Promise<T[]> {
    return (await collectResults(this.#description, { options, callSite: captureCaller() })) as T[];
  }

  /** Calls `fn` with each result, in order and one after the other; a promise is awaited. */
  async forEach(fn: (result: T) => unknown, options: RunOptions = {}): Promise<PipelineSummary> {
    assertStageTask(fn, 'forEach', options);
    return await visitResults(this.#description, fn, { options, callSite: captureCaller() });
  }

  /** Folds all results into one value, on the workers. Without items the value is what `init` gives. */
  async reduce<A>(fold: Fold<Sent, A>, options: RunOptions = {}): Promise<ClonedValue<A>> {
    const spec = takeFold(fold, 'reduce');
    const call = { options, callSite: captureCaller() };
    return (await foldResults(this.#description, { kind: 'reduce', fold: spec }, call)) as ClonedValue<A>;
  }

  /** Counts the results. They stay on the workers. */
  async count(options: RunOptions = {}): Promise<number> {
    const call = { options, callSite: captureCaller() };
    return (await foldResults(this.#description, { kind: 'count' }, call)) as number;
  }

  /** Finds the `count` results for which `by` gives the largest numbers, largest first; equal ones in input order. */
  async topK(count: number, by: (result: Sent) => number, options: RunOptions = {}): Promise<T[]> {
    refuseSwapped(typeof count === 'function', '.topK(count, by)', [count, by]);
    assertCount(count, 'count');
    assertStageTask(by, 'topK');
    const call = { options, callSite: captureCaller() };
    return (await foldResults(this.#description, { kind: 'topK', count, by }, call)) as T[];
  }

  /** Gives the results one by one, as they are read. Leaving the loop closes the pipeline. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    const call = { options: {}, callSite: captureCaller() };
    return iterateResults<T>(this.#description, call)[Symbol.asyncIterator]();
  }

  /** Gives the results one by one, as `for await` over the pipeline does, with options. */
  iterate(options: RunOptions = {}): AsyncIterable<T> {
    return iterateResults<T>(this.#description, { options, callSite: captureCaller() });
  }

  #with<R, S = R>(spec: Spec): Pipeline<R, S> {
    const { input, specs } = this.#description;
    return new Pipeline<R, S>(input, [...specs, spec]);
  }

  #withCpu<R, S>(call: CpuSpec['call'], method: string, task: Function, options: CpuOptions): Pipeline<R, S> {
    assertStageTask(task, method, options);
    const taken = takeCpuOptions(options);
    const remote = findRemoteMethod(task);
    if (remote !== undefined) return this.#with(describeRemoteStage(remote, call, taken));
    refuseConcurrency(taken, method);
    return this.#with({ kind: 'cpu', call, task, options: taken });
  }
}

/**
 * Begins a pipeline at a source: any iterable or async iterable, a Node or web stream, or records in bytes such as
 * `lines`, `ndjson` and `csv` of `telar/files`, which the workers decode.
 */
export function pipeline<T>(source: Input<T>): Pipeline<T, Exclude<T, AnyFunction>> {
  if (!isByteSource(source)) assertInput(source);
  return new Pipeline(source, []);
}
