import { type CallSite, captureCaller } from '../call-site.ts';
import { isByteSource } from '../bytes/source.ts';
import type { ByteWriter, Sink, ValueWriter } from '../bytes/sink.ts';
import { captureContext, iterateIn } from '../async-context.ts';
import { assertCount, refuseSwapped, optionError } from '../check.ts';
import { type JournalSettings, resolveJournal } from '../options.ts';

import { assertInput, type Input } from '../flow/source/open-source.ts';
import type { Result, Task } from '../parallel-map.ts';
import type { Collected } from '../wire/payload.ts';
import { findRemoteMethod } from '../task/remote-method.ts';
import { unpackValues } from '../wire/pack/pack.ts';
import type { skip } from '../wire/outcome.ts';
import type { IoContext } from './io/io-call.ts';
import type { DeadLetterSink } from './letters.ts';
import { CountMerge, type Merge, readState, ReduceMerge, TopMerge } from './run/merge.ts';
import type { EndForm } from './run/compose.ts';
import { closeInput } from './run/open-input.ts';
import { type Job, pullPipeline, runPipeline } from './run/run-pipeline.ts';
import { makeTaker } from './run/taker.ts';
import { assertResumable } from './journal/assert-resumable.ts';
import { assertRunOptions, type RunOptions } from './run-options.ts';
import { assertFold, assertSink, assertStageTask } from './spec-checks.ts';
import { describeRemoteStage } from './remote-stage.ts';
import type { CpuSpec, FoldSpec, Spec } from './specs.ts';
import {
  assertCpuOptions,
  assertIoOptions,
  type BatchOptions,
  type CpuOptions,
  type IoOptions,
  resolveBatch,
} from './stage-options.ts';
import { startRun, type StartedJob, type StartedRun } from './started.ts';
import type { PipelineSummary } from './tally.ts';

/** How many items become one value: `step` on the workers, for each chunk; `merge` then, in input order. */
export interface Fold<T, A> {
  /** The state before the first item. Called for each chunk. */
  readonly init: () => A;
  /** The state with one more item. May change and return the state that it is given. */
  readonly step: (state: A, item: T) => A;
  /** The states of two neighbouring stretches as one. Where `merge` is associative, results depend on nothing else. */
  readonly merge: (before: A, after: A) => A;
}

/**
 * Pulls items through stages: I/O on the event loop, CPU-bound work on the workers, all at once, each with its own
 * limit, in order, with bounded memory from the source to the sink.
 *
 * A pipeline is a description. Nothing runs before an end is called (`run`, `to`, `toArray`, `forEach`, `reduce`,
 * `count`, `topK`, or `for await`), and each end runs it anew. Stages on the workers that follow one another are fused:
 * they share one trip. `io`, `batch` and `tap` run on the event loop, all others on the workers.
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
export class Pipeline<T> implements AsyncIterable<T> {
  readonly #input: Input<unknown>;
  readonly #specs: readonly Spec[];

  /** @internal Made by `pipeline()`. */
  constructor(input: Input<unknown>, specs: readonly Spec[]) {
    this.#input = input;
    this.#specs = specs;
  }

  /**
   * Calls `fn(item, index, context)` on the event loop, for up to `concurrency` items at once: downloads, queries,
   * files. What it returns is awaited; a generator expands; `skip` and `stop` do what they do in tasks. Pass
   * `context.signal` on, so that a run that ends does not wait.
   */
  io<R>(fn: (item: T, index: number, context: IoContext) => R, options: IoOptions = {}): Pipeline<Result<R>> {
    assertStageTask(fn, 'io', options);
    assertIoOptions(options);
    return this.#with({ kind: 'io', fn: fn as never, options });
  }

  /**
   * Calls `task(item, index, context)` on the workers, as `parallelMap` does. `index` counts the items that enter the
   * group of fused stages; for records of a file it is the byte at which the record begins.
   *
   * A method of a spawned object is called as `method(item, index)` on the object's own thread, with as many calls at
   * once as there are instances, or `concurrency`.
   */
  cpu<R>(task: Task<T, R>, options: CpuOptions = {}): Pipeline<Result<R>> {
    return this.#withCpu('task', 'cpu', task, options);
  }

  /** The same as `cpu`: one result for each item. */
  map<R>(task: Task<T, R>, options: CpuOptions = {}): Pipeline<Result<R>> {
    return this.#withCpu('task', 'map', task, options);
  }

  /** Keeps the items for which `task` gives something true. On the workers. */
  filter<S extends T>(task: (item: T, index: number) => item is S, options?: CpuOptions): Pipeline<S>;
  filter(task: Task<T, unknown>, options?: CpuOptions): Pipeline<T>;
  filter(task: Task<T, unknown>, options: CpuOptions = {}): Pipeline<T> {
    return this.#withCpu('filter', 'filter', task, options);
  }

  /** Puts all that `task` gives (an array, a generator, another iterable) in the place of the item. On the workers. */
  flatMap<R>(
    task: Task<T, Iterable<R> | AsyncIterable<R> | PromiseLike<Iterable<R>>>,
    options: CpuOptions = {},
  ): Pipeline<Exclude<Awaited<R>, typeof skip>> {
    return this.#withCpu('flatMap', 'flatMap', task, options);
  }

  /** Groups of `size` items, as arrays; with `maxWait`, smaller ones rather than late ones. */
  batch(batch: number | BatchOptions): Pipeline<T[]> {
    return this.#with({ kind: 'batch', options: resolveBatch(batch) });
  }

  /** Shows each item to `fn`, in order, on the calling thread, and passes it on. A promise is awaited. */
  tap(fn: (item: T) => unknown): Pipeline<T> {
    assertStageTask(fn, 'tap');
    return this.#with({ kind: 'tap', fn });
  }

  /**
   * Leaves out the items that a stage before it fails on, in every try, instead of ending the run: those of all
   * stages back to the `onError` before. Each goes to `sink` with its error and the name of the stage: a function, a
   * sink such as `toNdjson(path)`, or `skip`, which only counts them.
   */
  onError(sink: DeadLetterSink): Pipeline<T> {
    assertSink(sink, 'onError');
    return this.#with({ kind: 'onError', sink });
  }

  /**
   * Groups items by a key, and folds each group: `[key, state]` for each, in the order in which the keys first came.
   * The groups leave when the input has ended; they are held in memory until then.
   */
  groupBy<K extends string | number | bigint | boolean | null | undefined, A>(
    key: (item: T) => K,
    fold: Fold<T, A>,
  ): Pipeline<[K, A]> {
    refuseSwapped(typeof fold === 'function', '.groupBy(key, { init, step, merge })', [key, fold]);
    assertStageTask(key, 'groupBy');
    assertFold(fold, 'groupBy');
    return this.#with({ kind: 'groupBy', key, fold: fold as FoldSpec });
  }

  /** Keeps the first of all items with the same key. The keys are held in memory. `@defaultValue` the item itself */
  distinct(by?: (item: T) => string | number | bigint | boolean | null | undefined): Pipeline<T> {
    if (by !== undefined) assertStageTask(by, 'distinct');
    return this.#with({ kind: 'distinct', by });
  }

  /** Runs it for its effects. */
  async run(options: RunOptions = {}): Promise<PipelineSummary> {
    return await this.#begin(undefined, options, captureCaller());
  }

  /** Runs it into a sink: a file, a table. The workers encode what the sink wants as bytes. */
  async to(sink: Sink<T>, options: RunOptions = {}): Promise<PipelineSummary> {
    const callSite = captureCaller();
    assertSink(sink, 'to');
    return await this.#begin(sink, options, callSite);
  }

  /**
   * `.run(options)`, or `.to(sink, options)`, started: a run that goes on by itself, such as one over a log, until it is told to
   * stop. Wrong arguments throw; what becomes of the run is told by `done`.
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
    this.#assertOptions(options, sink);
    return startRun((started) => this.#begin(sink, options, callSite, started));
  }

  async #begin(
    sink: Sink<T> | undefined,
    options: RunOptions,
    callSite: CallSite,
    started?: StartedJob,
  ): Promise<PipelineSummary> {
    const settings = this.#assertOptions(options, sink);
    if (settings !== undefined) return await this.#resume(sink, options, settings, callSite, started);
    if (sink === undefined) {
      return await this.#runTo({ kind: 'count' }, options, { take: () => {} }, callSite, started);
    }
    const writer = await this.#openSink(sink, options.signal);
    const end: EndForm = 'format' in writer ? { kind: 'bytes', format: writer.format } : { kind: 'values' };
    try {
      return await this.#runTo(end, options, makeTaker(writer), callSite, started);
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
  }

  /** All results, in order. */
  async toArray(options: RunOptions = {}): Promise<T[]> {
    const results: unknown[] = [];
    const take = (portion: Collected): void => {
      const page = readPage(portion);
      for (let at = 0; at < page.length; at++) results.push(page[at]);
    };
    assertRunOptions(options);
    await this.#runTo({ kind: 'values' }, options, { take }, captureCaller());
    return results as T[];
  }

  /** Calls `fn` with each result, in order and one after the other; a promise is awaited. */
  async forEach(fn: (result: T) => unknown, options: RunOptions = {}): Promise<PipelineSummary> {
    assertStageTask(fn, 'forEach', options);
    const take = async (portion: Collected): Promise<void> => {
      const page = readPage(portion);
      for (let at = 0; at < page.length; at++) {
        const waiting = fn(page[at] as T);
        if (waiting instanceof Promise) await waiting;
      }
    };
    assertRunOptions(options);
    return await this.#runTo({ kind: 'values' }, options, { take }, captureCaller());
  }

  /** One value from all results, folded on the workers. Without items it is what `init` gives. */
  async reduce<A>(fold: Fold<T, A>, options: RunOptions = {}): Promise<A> {
    assertFold(fold, 'reduce');
    const spec = fold as FoldSpec;
    const merge = new ReduceMerge(spec);
    return (await this.#fold({ kind: 'reduce', fold: spec }, merge, options, captureCaller())) as A;
  }

  /** How many results there are. They stay on the workers. */
  async count(options: RunOptions = {}): Promise<number> {
    return await this.#fold({ kind: 'count' }, new CountMerge(), options, captureCaller());
  }

  /** The `count` results for which `by` gives the largest numbers, in descending order; equal ones in input order. */
  async topK(count: number, by: (result: T) => number, options: RunOptions = {}): Promise<T[]> {
    refuseSwapped(typeof count === 'function', '.topK(count, by)', [count, by]);
    assertCount(count, 'count');
    assertStageTask(by, 'topK');
    const merge = new TopMerge(count);
    return (await this.#fold({ kind: 'topK', count, by }, merge, options, captureCaller())) as T[];
  }

  /** The results one by one, as they are read. Leaving the loop closes the pipeline. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return this.#iterate({}, captureCaller())[Symbol.asyncIterator]();
  }

  /** `for await` with options. */
  iterate(options: RunOptions = {}): AsyncIterable<T> {
    return this.#iterate(options, captureCaller());
  }

  #iterate(options: RunOptions, callSite: CallSite): AsyncIterable<T> {
    assertRunOptions(options);
    if (options.signals !== undefined && options.signals !== false) {
      throw optionError(
        '`signals` is for ends that run by themselves, such as .forEach(): leave the loop instead.',
      );
    }
    const job = this.#job({ kind: 'values' }, options, callSite);
    // Whoever reads first may be somebody else.
    const context = captureContext();
    return { [Symbol.asyncIterator]: () => iteratePages<T>(iterateIn(context, pullPipeline(job))) };
  }

  async #fold<R>(end: EndForm, merge: Merge<R>, options: RunOptions, callSite: CallSite): Promise<R> {
    const take = (portion: Collected): void => {
      merge.add(readState(portion));
    };
    assertRunOptions(options);
    await this.#runTo(end, options, { take }, callSite);
    return merge.value;
  }

  async #runTo(
    end: EndForm,
    options: RunOptions,
    taker: Parameters<typeof runPipeline>[1],
    callSite: CallSite,
    started?: StartedJob,
  ): Promise<PipelineSummary> {
    return await runPipeline({ ...this.#job(end, options, callSite), started }, taker);
  }

  /** A run that has nowhere to write does not come to its input, which was handed over all the same. */
  async #openSink(sink: Sink<T>, signal: AbortSignal | undefined): Promise<ByteWriter | ValueWriter<T>> {
    try {
      signal?.throwIfAborted();
      return await sink.open({ input: this.#input, signal });
    } catch (thrown) {
      closeInput(this.#input);
      throw thrown;
    }
  }

  /** Checks the options of an end that can resume; gives its journal. */
  #assertOptions(options: RunOptions, sink: Sink<never> | undefined): JournalSettings | undefined {
    assertRunOptions(options, true);
    const settings = resolveJournal(options.journal);
    if (settings !== undefined) assertResumable(this.#input, this.#specs, sink);
    return settings;
  }

  async #resume(
    sink: Sink<T> | undefined,
    options: RunOptions,
    settings: JournalSettings,
    callSite: CallSite,
    started?: StartedJob,
  ): Promise<PipelineSummary> {
    const { runJournaled } = await import('./journal/run-journaled.ts');
    const job = { input: this.#input, specs: this.#specs, options, callSite, started };
    return await runJournaled(job, sink, settings);
  }

  #job(end: EndForm, options: RunOptions, callSite: CallSite): Job {
    return { input: this.#input, specs: this.#specs, end, options, callSite };
  }

  #with<R>(spec: Spec): Pipeline<R> {
    return new Pipeline<R>(this.#input, [...this.#specs, spec]);
  }

  #withCpu<R>(call: CpuSpec['call'], method: string, task: unknown, options: CpuOptions): Pipeline<R> {
    assertStageTask(task, method, options);
    assertCpuOptions(options);
    const remote = findRemoteMethod(task);
    if (remote !== undefined) return this.#with(describeRemoteStage(remote, call, options));
    if (options.concurrency !== undefined) {
      throw optionError(
        `Expected no \`concurrency\` in .${method}(): it is for methods of spawned objects. Other tasks run on the ` +
          `workers of the pool: give \`workers\` to the end of the pipeline.`,
      );
    }
    return this.#with({ kind: 'cpu', call, task, options });
  }
}

/**
 * Begins a pipeline at a source: any iterable or async iterable, a Node or web stream, or records in bytes such as
 * `lines`, `ndjson` and `csv` of `telar/files`, which the workers decode.
 */
export function pipeline<T>(source: Input<T>): Pipeline<T> {
  if (!isByteSource(source)) assertInput(source);
  return new Pipeline<T>(source, []);
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
