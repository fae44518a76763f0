import { backOff } from '../../backoff.ts';
import { blocks, isByteSource } from '../../bytes/source.ts';
import type { EncodedFormat } from '../../bytes/format.ts';
import type { CallSite } from '../../flow/failure/failures.ts';
import { type Input, openSource } from '../../flow/source/open-source.ts';
import type { Source } from '../../flow/source/source.ts';
import { resolveRetries, type RetryOptions } from '../../options.ts';
import type { Collected } from '../../wire/payload.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import type { WorkerPool } from '../../worker-pool.ts';
import { BatchFlow } from '../flows/batch-flow.ts';
import { BlockFeed } from '../cpu/block-feed.ts';
import { CpuFlow } from '../cpu/cpu-flow.ts';
import type { CpuStage } from '../cpu/cpu-plan.ts';
import { type Flow, FlowSource, type Page } from '../flows/flow.ts';
import { IoFlow } from '../io/io-flow.ts';
import { Pace } from '../io/pace.ts';
import { PageFlow } from '../flows/page-flow.ts';
import { Letters, type Policy } from '../letters.ts';
import type { IoSpec, Spec } from '../specs.ts';
import type { PipelineTally } from '../tally.ts';
import { type Collect, defineChain, type PolicedSpec } from './define.ts';
import { encodePages } from './encode-pages.ts';
import { DistinctMerge, GroupMerge, type Merge, readState } from './merge.ts';

const DEFAULT_CONCURRENCY = 16;

/** What a run of a pipeline has in common for all its stages. */
export interface RunScope {
  readonly pool: WorkerPool;
  readonly workers: number | undefined;
  readonly callSite: CallSite;
  readonly tally: PipelineTally;
}

/** What the last stage is to give: portions of values, of bytes, or of folded states. */
export type EndForm = Extract<Collect, { kind: 'values' | 'bytes' | 'count' | 'reduce' | 'topK' }>;

/** A pipeline that has been put together and not yet begun. */
export interface Composed {
  readonly flow: Flow<Collected>;
  readonly letters: readonly Letters[];
  /** Resolves when all functions were captured; rejects when one cannot be. */
  readonly defined: Promise<unknown>;
  /** How many items the source has, where that is known. */
  readonly total: number | undefined;
}

/** Puts the stages of a pipeline together: what runs on the workers in a row becomes one group, which shares each trip. */
export function compose(
  input: Input<unknown>,
  specs: readonly Spec[],
  end: EndForm,
  scope: RunScope,
): Composed {
  return new Composer(input, specs, end, scope).compose();
}

class Composer {
  readonly #input: Input<unknown>;
  readonly #specs: readonly Spec[];
  readonly #end: EndForm;
  readonly #scope: RunScope;
  readonly #letters: Letters[] = [];
  readonly #flows: CpuFlow[] = [];
  #policies: Policy[] = [];
  #source: Source | undefined;
  #total: number | undefined;
  /** The first stage counts the items of the source. */
  #isFirst = true;
  #group: PolicedSpec[] = [];

  constructor(input: Input<unknown>, specs: readonly Spec[], end: EndForm, scope: RunScope) {
    this.#input = input;
    this.#specs = specs;
    this.#end = end;
    this.#scope = scope;
  }

  compose(): Composed {
    this.#policies = this.#resolvePolicies();
    const hasBlocks = isByteSource(this.#input);
    if (!hasBlocks) {
      this.#source = openSource(this.#input);
      this.#total = this.#source.remaining;
    }
    for (const [at, spec] of this.#specs.entries()) this.#append(spec, this.#policies[at]);
    const flow = this.#finish();
    const { workers, pool } = this.#scope;
    this.#scope.tally.workers = this.#flows.length === 0 ? 0 : (workers ?? pool.workers);
    return {
      flow,
      letters: this.#letters,
      // All at once: the values of this moment are what travels.
      defined: Promise.all(this.#flows.map((each) => each.prepare())),
      total: this.#total,
    };
  }

  /** The policy of each stage: that of the next `onError` behind it. */
  #resolvePolicies(): Policy[] {
    const policies: Policy[] = [];
    let next: Policy;
    for (const spec of this.#specs.toReversed()) {
      if (spec.kind === 'onError') {
        next = new Letters(spec.sink);
        this.#letters.push(next);
      }
      policies.unshift(next);
    }
    return policies;
  }

  #append(spec: Spec, policy: Policy): void {
    switch (spec.kind) {
      case 'cpu':
        this.#group.push({ spec, policy });
        return;
      case 'groupBy': {
        const { key, fold } = spec;
        this.#merge(this.#closeGroup({ kind: 'groupBy', key, fold }, policy), new GroupMerge(fold));
        return;
      }
      case 'distinct':
        this.#merge(this.#closeGroup({ kind: 'distinct', by: spec.by }, policy), new DistinctMerge());
        return;
      case 'io':
        this.#source = new FlowSource(this.#openIo(this.#takeSource(), spec, policy));
        return;
      case 'batch': {
        const { size, maxWait } = spec.options;
        this.#source = new FlowSource(new BatchFlow(this.#takeSource(), { size, maxWait }));
        return;
      }
      case 'tap': {
        const fn = spec.fn as (item: unknown) => unknown;
        this.#source = new FlowSource(new PageFlow(this.#takePages(), (page: Page) => tapPage(page, fn)));
        return;
      }
      case 'onError':
        return;
    }
  }

  #finish(): Flow<Collected> {
    const end = this.#end;
    const policy = this.#specs.at(-1)?.kind === 'onError' ? this.#policies.at(-1) : undefined;
    const isOnWorkers = this.#group.length > 0 || this.#source === undefined;
    if (isOnWorkers || end.kind === 'reduce' || end.kind === 'topK') return this.#closeGroup(end, policy);
    const pages = this.#takePages();
    if (end.kind === 'bytes') {
      const count = this.#scope.tally.addStage(describeEncoding(end.format), 'io');
      return encodePages(pages, end.format, policy, count);
    }
    return new PageFlow(pages, (values: Page): Collected => {
      if (end.kind === 'count') return { kind: 'folded', state: values.length, count: values.length };
      return { kind: 'values', values: { kind: 'values', values: Array.from(values) }, count: values.length };
    });
  }

  /** What the next stage on the event loop pulls from; the stages before it on the workers end here. */
  #takeSource(): Source {
    if (this.#group.length > 0 || this.#source === undefined) {
      const flow = this.#closeGroup({ kind: 'values' }, undefined);
      return new FlowSource(new PageFlow(flow, readValues));
    }
    return this.#source;
  }

  /** The same, in whole pages. */
  #takePages(): Flow<Page> {
    const source = this.#takeSource();
    return source instanceof FlowSource ? source.flow : this.#openIo(source, PASSING, undefined, true);
  }

  #closeGroup(collect: Collect, collectPolicy: Policy): CpuFlow {
    const group = this.#group;
    this.#group = [];
    const { pool, workers, callSite, tally } = this.#scope;
    const byteSource =
      this.#source === undefined && isByteSource(this.#input) ? this.#input[blocks] : undefined;
    const decoding =
      byteSource === undefined
        ? undefined
        : makeStage(tally.addStage(byteSource.format.kind, 'cpu'), group[0]?.policy ?? this.#policies[0]);
    const stages = group.map(({ spec, policy }) => {
      const { name, retries, timeout } = spec.options;
      const fallback = `${spec.call === 'task' ? 'cpu' : spec.call} ${tally.stages.length + 1}`;
      const given = (spec.task as { name?: string }).name;
      return makeStage(tally.addStage(name ?? (given || fallback), 'cpu'), policy, retries, timeout);
    });
    const encoding =
      collect.kind === 'values'
        ? undefined
        : makeStage(
            tally.addStage(collect.kind === 'bytes' ? describeEncoding(collect.format) : collect.kind, 'cpu'),
            collectPolicy,
          );
    const sizes = group.map(({ spec }) => spec.options.chunkSize).filter((size) => size !== undefined);
    const isFirst = this.#takeFirst();
    const count = Math.min(workers ?? pool.workers, pool.workers);
    const flow = new CpuFlow({
      source: byteSource === undefined ? (this.#source as Source) : new BlockFeed(byteSource.open(), count),
      define: () => defineChain(byteSource?.format, group, collect, collectPolicy),
      key: group[0]?.spec ?? this.#specs,
      stages,
      decoding,
      encoding,
      pool,
      workers,
      chunkSize: sizes.length === 0 ? undefined : Math.min(...sizes),
      callSite,
      onItems: isFirst ? (items) => (tally.items += items) : undefined,
      onSkipped: (items) => (tally.skipped += items),
      onUnheard: (error) => tally.addUnheard(error),
      onSummary: (summary) => tally.addRun(summary),
    });
    this.#flows.push(flow);
    return flow;
  }

  #openIo(source: Source, { fn, options }: IoSpec, policy: Policy, isHidden = false): IoFlow {
    const { tally } = this.#scope;
    const { name, rate, retries } = options;
    const count = isHidden
      ? { name: '', kind: 'io' as const, items: 0, failed: 0, retried: 0 }
      : tally.addStage(name ?? (fn.name || `io ${tally.stages.length + 1}`), 'io');
    return new IoFlow(source, {
      fn: fn as (...args: unknown[]) => unknown,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      isOrdered: options.ordered ?? true,
      retries: resolveRetries(typeof retries === 'number' ? { retries, delay: backOff } : retries),
      timeout: options.timeout,
      pace: resolvePace(rate),
      policy,
      count,
      onItem: this.#takeFirst() ? (items) => (tally.items += items) : undefined,
      onSkipped: (items) => (tally.skipped += items),
    });
  }

  #merge(flow: CpuFlow, merge: Merge<unknown>): void {
    this.#source = new FlowSource(
      new PageFlow<Collected, Page>(
        flow,
        (collected) => merge.add(readState(collected)),
        () => (merge.rest.length === 0 ? undefined : merge.rest),
      ),
    );
  }

  #takeFirst(): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return isFirst;
  }
}

/** Turns a source into pages, and awaits items that are promises, without a stage of the user's. */
const PASSING: IoSpec = { kind: 'io', fn: (item: never) => item, options: { concurrency: 64 } };

function makeStage(
  count: CpuStage['count'],
  policy: Policy,
  retries?: number | RetryOptions,
  timeout?: number,
): CpuStage {
  return { count, policy, retries: resolveRetries(retries).most, timeout };
}

function readValues(collected: Collected): Page {
  return collected.kind === 'values' ? unpackValues(collected.values) : [];
}

async function tapPage(page: Page, fn: (item: unknown) => unknown): Promise<Page> {
  for (let at = 0; at < page.length; at++) {
    const waiting = fn(page[at]);
    if (waiting instanceof Promise) await waiting;
  }
  return page;
}

function describeEncoding(format: EncodedFormat): string {
  return `to ${format.kind}`;
}

function resolvePace(rate: IoSpec['options']['rate']): Pace | undefined {
  if (rate === undefined) return undefined;
  return typeof rate === 'number' ? makePace(rate, 1000) : makePace(rate.limit, rate.interval);
}

/** Less than one start in an interval is one in a longer interval. */
function makePace(limit: number, interval: number): Pace {
  const whole = Math.max(1, Math.floor(limit));
  return new Pace(whole, (interval * whole) / limit);
}
