import { BlockMemory, type Memory } from '../../bytes/block-memory.ts';
import { USUAL_BLOCK } from '../../bytes/sizes.ts';
import { makeInternalError } from '../../flow/failure/internal-error.ts';
import { launch, type LaunchedRun, type ResolvedCall } from '../../flow/launch/launch.ts';
import type { Receiver } from '../../flow/outcome/ledger.ts';
import type { Segment } from '../../flow/outcome/segment.ts';
import { Window } from '../../flow/launch/window.ts';
import type { ChainDefinition } from '../../wire/message/chain.ts';
import type { Collected } from '../../wire/message/payload.ts';
import { BlockFeed } from './blocks/block-feed.ts';
import type { FedBlock } from './blocks/fed-block.ts';
import { findMissing } from './blocks/find-missing.ts';
import { ChainFailures } from './chain-failures.ts';
import { findBlock, hasFailed, isStopped } from './blocks/read-segment.ts';
import type { CpuPlan } from './cpu-plan.ts';
import type { Flow } from '../flows/flow.ts';
import { type Portion, Portions } from './portions.ts';
import { type Position, positionAt, type Tracking } from '../position/position.ts';
import { RowBacklog } from './row-backlog.ts';

/**
 * Bytes that a worker is lent for the results of a block; where these are more, it takes memory of its own. CSV becomes
 * two to three times as long as NDJSON. What is not written to takes addresses, and no memory.
 */
const LENT = 4 * USUAL_BLOCK;

/** Stages that run on the workers: chunks go there, and what each chunk's stages made of it comes back in order. */
export class CpuFlow implements Flow<Collected>, Receiver {
  readonly #plan: CpuPlan;
  readonly #feed: BlockFeed | undefined;
  readonly #backlog: RowBacklog;
  readonly #failures: ChainFailures;
  /** Memory that workers write results to, where it is known when nobody reads it any more. */
  readonly #memory: BlockMemory | undefined;
  readonly #portions: Portions;
  #launched: LaunchedRun | undefined;
  #isWanted = false;
  /**
   * True once one of the blocks ends the run; `#isEnding` once a segment that ends the run was delivered in its turn.
   */
  #isOver = false;
  #isEnding = false;
  #tellFailure: (reason: unknown) => void = () => {};

  constructor(plan: CpuPlan) {
    this.#plan = plan;
    this.#feed = plan.source instanceof BlockFeed ? plan.source : undefined;
    // Blocks are large: the window takes as many as the workers hold, and as many again for the reader. A cluster's
    // workers come and go.
    const most = this.#feed === undefined ? undefined : (): number => 2 * plan.pool.workers + 2;
    this.#backlog = new RowBacklog(new Window(most, this.#first), plan.needsHeader);
    this.#portions = new Portions(this.#backlog, plan.tracking?.start, (portion) => this.release(portion));
    this.#failures = new ChainFailures(plan);
    if (this.#feed !== undefined && plan.freesBytes) this.#memory = new BlockMemory(LENT);
  }

  get position(): Position | undefined {
    return this.#portions.position;
  }

  /** Position of the flow's first item. Blocks count from 0: their records know where they stand. */
  get #first(): number {
    return this.#feed === undefined ? (this.#plan.tracking?.start.index ?? 0) : 0;
  }

  /**
   * Starts the workers, and captures the functions meanwhile. Nothing is pulled yet. Rejects when a function cannot
   * be captured.
   */
  async prepare(): Promise<void> {
    let defined: Promise<ChainDefinition> | undefined;
    this.#launched = this.#launch(() => (defined = this.#plan.define()));
    await defined;
  }

  next(): Promise<Collected | undefined> {
    if (!this.#isWanted) {
      this.#isWanted = true;
      this.#launched?.run.wake();
    }
    return this.#portions.next();
  }

  release(portion: Collected): void {
    // A worker that was given up may still write to what it was lent: only what comes back with an answer is lent again.
    if (portion.kind === 'bytes' && portion.isLent) this.#memory?.give(portion.bytes as Memory);
  }

  onFailure(listener: (reason: unknown) => void): void {
    this.#tellFailure = listener;
  }

  async close(): Promise<void> {
    this.#portions.close();
    if (this.#launched === undefined) await this.#plan.source.close();
    // `next` has told what ended the run, or nobody asks any more.
    else await this.#launched.run.stop().catch(() => {});
  }

  #launch(define: CpuPlan['define']): LaunchedRun {
    const { source, key, stages, pool, workers, store, chunkSize, callSite, onSummary } = this.#plan;
    const call: ResolvedCall = {
      source,
      first: this.#first,
      options: { pool, workers, store, chunkSize: this.#feed === undefined ? chunkSize : 1, onSummary },
      timeout: stages.map(({ timeout }) => timeout),
      form: {
        // A block may become several, whose order only the feed knows.
        isOrdered: this.#feed === undefined,
        isOwnOrder: this.#feed !== undefined,
        onFailure: 'keep',
        // A failure here is that of the stage before, or of the source: what came before it is delivered.
        failsBehindItems: true,
        receiver: this,
        onLoss: (item, makeError, place, attempt) =>
          this.#failures.mayRunAgain(item, makeError, place, attempt),
        nameItem: this.#failures.nameItem,
        rows: this.#plan.needsHeader ? this.#backlog : undefined,
        takeMemory: this.#memory && (() => (this.#memory as BlockMemory).take(LENT).buffer),
      },
      callSite,
    };
    const launched = launch(call, { define, key });
    this.#backlog.attach(launched.run);
    launched.begin();
    launched.run.finished.then(
      () => this.#end(undefined),
      (reason: unknown) => this.#end({ reason }),
    );
    return launched;
  }

  #end(failure: { readonly reason: unknown } | undefined): void {
    if (this.#portions.end(failure) && failure !== undefined) this.#tellFailure(failure.reason);
  }

  get isWaiting(): boolean {
    return this.#portions.isEmpty && this.#backlog.header !== 'undecided';
  }

  room(): number {
    if (this.#launched === undefined || !this.#isWanted) return 0;
    const room = this.#isOver ? 0 : this.#backlog.room();
    // A part that was given back holds up all that stands behind it.
    return this.#feed?.hasRest === true ? Math.max(1, room) : room;
  }

  #locate(segment: Segment, block: FedBlock | undefined, tracking: Tracking): Portion['position'] {
    if (isStopped(segment)) {
      // The item that said `stop` has to say so again when the run goes on.
      const count = segment.payload?.collected.count ?? 0;
      return (before) =>
        before === undefined || this.#plan.isLast ? undefined : { ...before, skip: before.skip + count };
    }
    const { index, values } = segment;
    if (this.#feed === undefined) return () => positionAt(tracking, index + values.length, 0);
    const { lines, records } = this.#failures;
    const position = block === undefined ? undefined : this.#feed.positionOf(block);
    if (position === undefined) return (before) => before;
    const before = { kind: 'bytes', ...position, lines, records } as const;
    return () => ({ before, index: records, skip: 0, letters: tracking.countDeadLetters() });
  }

  deliver(segment: Segment): void {
    this.#backlog.add(segment.bytes);
    this.#backlog.noteSettled(segment.values.length, segment.compute ?? 0);
    const feed = this.#feed;
    if (feed === undefined) {
      this.#pass(segment);
      return;
    }
    const block = findBlock(segment);
    if (block !== undefined) {
      const rest = feed.settle(block, segment);
      if (rest !== undefined) this.#failures.follow(block, rest, segment.payload?.records ?? 0);
    }
    // When a block ends the run, nothing new is wanted any more, only what stands before that block.
    this.#isOver ||= isStopped(segment) || hasFailed(segment);
    for (let next = feed.takeSettled(); next !== undefined; next = feed.takeSettled()) {
      if (this.#isEnding) continue;
      this.#pass(next);
      if (this.#isEnding) void this.#launched?.run.stop().catch(() => {});
    }
  }

  #pass(segment: Segment): void {
    const { payload, values, bytes } = segment;
    const read = this.#failures.read(segment);
    this.#backlog.look(payload?.collected);
    if (payload !== undefined) {
      this.#plan.stages.forEach(({ count }, at) => {
        count.items += payload.entered[at] ?? 0;
        count.retried += payload.retried[at] ?? 0;
      });
      this.#plan.onSkipped(payload.skipped);
    }
    const block = findBlock(segment);
    this.#plan.onItems?.(this.#feed === undefined ? values.length : (payload?.records ?? 0));
    const missing = findMissing(segment, this.#feed === undefined ? undefined : block);
    const { letters, failure = missing === undefined ? undefined : { reason: makeInternalError(missing) } } =
      read;
    const { tracking } = this.#plan;
    const position = tracking === undefined ? noPosition : this.#locate(segment, block, tracking);
    this.#portions.add({
      collected: payload?.collected,
      items: values.length,
      bytes,
      letters,
      failure,
      position,
    });
    this.#isEnding = failure !== undefined || isStopped(segment);
    if (failure !== undefined) this.#tellFailure(failure.reason);
  }
}

const noPosition = (): undefined => undefined;
