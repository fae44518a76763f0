import { launch, type LaunchedRun } from '../../flow/run/launch.ts';
import type { Segment } from '../../flow/run/reorder.ts';
import { Window } from '../../flow/run/window.ts';
import type { Block } from '../../bytes/block.ts';
import type { ChainDefinition } from '../../wire/chain.ts';
import type { Collected } from '../../wire/payload.ts';
import type { DeadLetter, Policy } from '../letters.ts';
import { BlockFeed } from './block-feed.ts';
import { ChainFailures } from './chain-failures.ts';
import type { CpuPlan } from './cpu-plan.ts';
import type { Flow } from '../flows/flow.ts';
import { Wakeup } from '../flows/wakeup.ts';

/** The most bytes of results that wait to be taken. */
const LARGEST_HELD = 32 * 1024 * 1024;

interface Portion {
  readonly collected: Collected | undefined;
  readonly items: number;
  readonly bytes: number;
  readonly letters: readonly { readonly policy: NonNullable<Policy>; readonly letter: DeadLetter }[];
  /** What ends the flow behind this portion. */
  readonly failure: { readonly reason: unknown } | undefined;
}

/** Stages that run on the workers: chunks go there, what each chunk's stages made of it comes back in order. */
export class CpuFlow implements Flow<Collected> {
  readonly #plan: CpuPlan;
  readonly #feed: BlockFeed | undefined;
  readonly #window: Window;
  readonly #failures: ChainFailures;
  readonly #portions: Portion[] = [];
  readonly #wakeup = new Wakeup();
  #launched: LaunchedRun | undefined;
  #isWanted = false;
  #heldBytes = 0;
  #isDone = false;
  #failure: { readonly reason: unknown } | undefined;

  constructor(plan: CpuPlan) {
    this.#plan = plan;
    this.#feed = plan.source instanceof BlockFeed ? plan.source : undefined;
    // Blocks are large: as many as the workers hold, and as many again for the reader.
    this.#window = new Window(this.#feed === undefined ? undefined : 2 * plan.pool.workers + 2);
    this.#failures = new ChainFailures(plan);
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

  async next(): Promise<Collected | undefined> {
    if (!this.#isWanted) {
      this.#isWanted = true;
      this.#launched?.run.wake();
    }
    for (;;) {
      const portion = this.#portions.shift();
      if (portion === undefined) {
        const failure = this.#failure;
        this.#failure = undefined;
        if (failure !== undefined) throw failure.reason;
        if (this.#isDone) return undefined;
        await this.#wakeup.wait();
        continue;
      }
      this.#heldBytes -= portion.bytes;
      if (this.#window.take(portion.items)) this.#launched?.run.wake();
      for (const { policy, letter } of portion.letters) await policy.write(letter);
      if (portion.failure !== undefined) {
        this.#failure = portion.failure;
        this.#portions.length = 0;
        this.#isDone = true;
      }
      if (portion.collected !== undefined && portion.collected.count > 0) return portion.collected;
    }
  }

  async close(): Promise<void> {
    this.#isDone = true;
    this.#portions.length = 0;
    this.#wakeup.call();
    if (this.#launched === undefined) await this.#plan.source.close();
    // What ended the run was told by `next`, or nobody asks any more.
    else await this.#launched.run.stop().catch(() => {});
  }

  #launch(define: CpuPlan['define']): LaunchedRun {
    const { source, key, stages, pool, workers, chunkSize, callSite, onSummary } = this.#plan;
    const launched = launch({
      source,
      define,
      key,
      options: { pool, workers, chunkSize: this.#feed === undefined ? chunkSize : 1, onSummary },
      timeout: stages.map(({ timeout }) => timeout),
      form: {
        isOrdered: true,
        onFailure: 'keep',
        deliver: (segment) => this.#deliver(segment),
        room: () => this.#room(),
        isAwaited: () => this.#portions.length === 0,
        onLoss: (item, error, place, attempt) => this.#failures.mayRunAgain(item, error, place, attempt),
      },
      callSite,
    });
    launched.begin();
    launched.run.finished.then(
      () => this.#end(undefined),
      (reason: unknown) => this.#end({ reason }),
    );
    return launched;
  }

  #end(failure: { readonly reason: unknown } | undefined): void {
    if (!this.#isDone) this.#failure = failure;
    this.#isDone = true;
    this.#wakeup.call();
  }

  #room(): number {
    const run = this.#launched?.run;
    if (run === undefined || !this.#isWanted) return 0;
    return this.#window.room(run.supply.pulled, this.#heldBytes + run.heldBytes > LARGEST_HELD);
  }

  #deliver(segment: Segment): void {
    const { payload, values, bytes } = segment;
    const { letters, failure } = this.#failures.read(segment);
    if (payload !== undefined) {
      this.#plan.stages.forEach(({ count }, at) => {
        count.items += payload.entered[at] ?? 0;
        count.retried += payload.retried[at] ?? 0;
      });
      this.#plan.onSkipped(payload.skipped);
    }
    const block = segment.items?.[0] ?? findLostItem(segment);
    if (block !== undefined) this.#feed?.release(block as Block, segment.compute ?? 0);
    this.#plan.onItems?.(this.#feed === undefined ? values.length : (payload?.records ?? 0));
    this.#heldBytes += bytes;
    this.#portions.push({ collected: payload?.collected, items: values.length, bytes, letters, failure });
    this.#wakeup.call();
  }
}

/** The item of an outcome that no worker could report. */
function findLostItem({ notes }: Segment): unknown {
  const note = notes?.get(0);
  return note?.kind === 'failed' ? note.item : undefined;
}
