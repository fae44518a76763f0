import type { Source } from '../../flow/source/source.ts';
import type { Collected } from '../../wire/message/payload.ts';
import { BlockFeed } from '../cpu/blocks/block-feed.ts';
import { CpuFlow } from '../cpu/cpu-flow.ts';
import { BatchFlow } from '../flows/batch-flow.ts';
import { type Flow, FlowSource, type Page } from '../flows/flow.ts';
import type { Locate } from '../position/position.ts';
import { PageFlow, readValues, tapPage } from '../flows/page-flow.ts';
import { RootSource } from '../root/root-source.ts';
import type { IoFlow } from '../io/io-flow.ts';
import { openIo, PASSING } from '../io/open-io.ts';
import type { OpenedFlow } from '../position/tracker.ts';
import type { DeadLetters } from '../stage/dead-letters.ts';
import type { IoSpec, Spec } from '../stage/specs.ts';
import { type CpuGroup, planGroup, type RunScope } from '../cpu/cpu-group.ts';
import type { Collect } from '../cpu/collect.ts';
import { describeEncoding, encodePages } from '../flows/encode-pages.ts';
import { MergeFlow } from '../flows/merge-flow.ts';
import type { StageMerge } from '../flows/merge.ts';
import { makeDistinctMerge, makeGroupMerge } from '../spill/spill-merge.ts';
import { dropFirst } from '../flows/drop-first.ts';
import type { Parts, Composed } from './composed.ts';

/** Puts the stages of a pipeline together: what runs on the workers in a row becomes one group, which shares each trip. */
export function compose(parts: Parts, scope: RunScope): Composed {
  return new Composer(parts, scope).compose();
}

class Composer {
  readonly #parts: Parts;
  readonly #scope: RunScope;
  readonly #flows: CpuFlow[] = [];
  /** Source that can be told to end: the items, or the blocks, of the input. */
  #root: RootSource | BlockFeed | undefined;
  #source: Source | undefined;
  /** True until the first stage was made, which counts the items of the source. */
  #isFirst = true;
  #group: CpuGroup['stages'][number][] = [];
  /** Number of stages still to come whose state depends on all items before. */
  #mergesLeft: number;
  readonly #isCut = (): boolean => this.#root?.isCut === true;

  constructor(parts: Parts, scope: RunScope) {
    this.#parts = parts;
    this.#scope = scope;
    this.#mergesLeft = parts.specs.filter(({ kind }) => kind === 'groupBy' || kind === 'distinct').length;
  }

  compose(): Composed {
    const { input, specs, letters } = this.#parts;
    if (input.kind === 'items') this.#source = input.source;
    if (this.#source instanceof RootSource) this.#root = this.#source;
    const total = this.#source?.remaining;
    for (const [at, spec] of specs.entries()) this.#append(spec, letters[at]);
    const flow = this.#finish();
    const { workers, pool } = this.#scope;
    this.#scope.counts.workers = this.#flows.length === 0 ? 0 : (workers ?? pool.workers);
    return {
      flow,
      // All functions are captured at once: the values of this moment are what travels.
      defined: Promise.all(this.#flows.map((each) => each.prepare())),
      total,
      stop: () => this.#root?.stop(),
      isCut: this.#isCut,
    };
  }

  #append(spec: Spec, letters: DeadLetters | undefined): void {
    switch (spec.kind) {
      case 'cpu':
        this.#group.push({ spec, letters });
        return;
      case 'groupBy': {
        const { key, fold } = spec;
        this.#merge({ kind: 'groupBy', key, fold }, letters, makeGroupMerge(spec));
        return;
      }
      case 'distinct': {
        const isCounted = this.#isOnlyCounted(spec);
        this.#merge(
          { kind: 'distinct', by: spec.by, isCounted },
          letters,
          makeDistinctMerge(spec, isCounted),
        );
        return;
      }
      case 'io': {
        const source = this.#takeSource();
        this.#follow(this.#openIo(source, spec, letters));
        return;
      }
      case 'batch': {
        const { size, maxWait } = spec.options;
        const source = this.#takeSource();
        const { tracking, isRepeatable } = this.#openFlow();
        const isCut = isRepeatable ? this.#isCut : (): boolean => false;
        this.#source = this.#toSource(new BatchFlow(source, { size, maxWait, tracking, isCut }));
        return;
      }
      case 'tap': {
        const fn = spec.fn as (item: unknown) => unknown;
        this.#source = this.#toSource(new PageFlow(this.#takePages(), (page: Page) => tapPage(page, fn)));
        return;
      }
      case 'onError':
        return;
    }
  }

  /** Returns whether nobody asks for the items that a stage gives, but only for their number. */
  #isOnlyCounted(spec: Spec): boolean {
    const { end, specs } = this.#parts;
    return (
      end.kind === 'count' && specs.slice(specs.indexOf(spec) + 1).every(({ kind }) => kind === 'onError')
    );
  }

  #finish(): Flow<Collected> {
    const { end, specs, letters } = this.#parts;
    const last = specs.at(-1)?.kind === 'onError' ? letters.at(-1) : undefined;
    const isOnWorkers = this.#group.length > 0 || this.#source === undefined;
    if (isOnWorkers || end.kind === 'reduce' || end.kind === 'topK')
      return this.#closeGroup(end, last, true).flow;
    const pages = this.#takePages();
    if (end.kind === 'bytes') {
      const count = this.#scope.counts.addStage(describeEncoding(end.format), 'io');
      return encodePages(pages, end.format, this.#openFlow(), last, {
        count,
        callSite: this.#scope.callSite,
      });
    }
    return new PageFlow(pages, (values: Page): Collected => {
      const { length } = values;
      if (end.kind === 'count')
        return { kind: 'folded', state: { kind: 'values', values: [length] }, count: length };
      return { kind: 'values', values: { kind: 'values', values: Array.from(values) }, count: length };
    });
  }

  /** Returns what the next stage on the event loop pulls from; the stages before it on the workers end here. */
  #takeSource(): Source {
    if (this.#group.length > 0 || this.#source === undefined) {
      const { flow, opened } = this.#closeGroup({ kind: 'values' }, undefined);
      this.#source = this.#toSource(dropFirst(new PageFlow(flow, readValues), opened));
    }
    return this.#source;
  }

  /** Returns what the next stage on the event loop pulls from, in whole pages. */
  #takePages(): Flow<Page> {
    const source = this.#takeSource();
    if (source instanceof FlowSource) return source.flow;
    const { flow, opened } = this.#openIo(source, PASSING, undefined, true);
    return dropFirst(flow, opened);
  }

  #toSource(flow: Flow<Page>): FlowSource {
    return new FlowSource(flow, this.#parts.tracker.nextIndex);
  }

  #follow({ flow, opened }: { flow: Flow<Page>; opened: OpenedFlow }): void {
    this.#source = this.#toSource(dropFirst(flow, opened));
  }

  /** Opens the next flow, in the order of the data. */
  #openFlow(): OpenedFlow {
    const opened = this.#parts.tracker.open(this.#locate);
    // A flow before a merge begins anew in any case: nobody asks where it stands.
    return this.#mergesLeft > 0 ? { ...opened, tracking: undefined } : opened;
  }

  get #locate(): Locate | undefined {
    const source = this.#source;
    return source instanceof FlowSource || source instanceof RootSource ? source.locate : undefined;
  }

  #closeGroup(
    collect: Collect,
    collectDeadLetters: DeadLetters | undefined,
    isLast = false,
  ): { flow: CpuFlow; opened: OpenedFlow } {
    const { input, letters, specs } = this.#parts;
    const { pool, workers } = this.#scope;
    const stages = this.#group;
    this.#group = [];
    const opened = this.#openFlow();
    let source = this.#source;
    if (source === undefined && input.kind === 'blocks') {
      const count = Math.min(workers ?? pool.workers, pool.workers);
      const goesOn = letters[0] !== undefined;
      this.#root = new BlockFeed(input.open(), count, { isTracked: opened.tracking !== undefined, goesOn });
      source = this.#root;
    }
    const plan = planGroup(
      {
        stages,
        collect,
        collectDeadLetters,
        source: source as Source,
        decode: this.#source === undefined && input.kind === 'blocks' ? input.format : undefined,
        // The records come before the first stage, whatever stands behind it.
        decodeDeadLetters: letters[0],
        key: specs,
        opened,
        isFirst: this.#takeFirst(),
        isLast,
      },
      this.#scope,
    );
    const flow = new CpuFlow(plan);
    this.#flows.push(flow);
    return { flow, opened };
  }

  #openIo(
    source: Source,
    spec: IoSpec,
    letters: DeadLetters | undefined,
    isHidden = false,
  ): { flow: IoFlow; opened: OpenedFlow } {
    const opened = this.#openFlow();
    const { counts, callSite } = this.#scope;
    const onItem = this.#takeFirst() ? (items: number): number => (counts.items += items) : undefined;
    const policy = opened.policyOf(letters);
    return { flow: openIo(source, spec, { counts, opened, policy, onItem, callSite }, isHidden), opened };
  }

  #merge(collect: Collect, letters: DeadLetters | undefined, merge: StageMerge): void {
    const { flow, opened } = this.#closeGroup(collect, letters);
    this.#mergesLeft--;
    const start = this.#mergesLeft > 0 ? undefined : opened.start;
    this.#follow({ flow: new MergeFlow(flow, merge, start, this.#isCut), opened });
  }

  #takeFirst(): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return isFirst;
  }
}
