import { raceTime } from '../../async/deferred.ts';
import type { Work } from '../../flow/work/work.ts';
import type { Chunk } from '../../flow/chunk/chunk.ts';
import { tellHeal } from '../channels.ts';
import { ClusterError } from '../cluster-error.ts';
import { readOutput } from '../message/read-output.ts';
import type { ChunkMeta } from '../message/messages.ts';
import { deliver, deliverUnreadable, listPositions } from './chunk/deliver.ts';
import type { Hub } from './hub.ts';
import type { Capacity } from './nodes-view.ts';
import { identifyRun } from '../tasks/identify.ts';
import { Outstanding, type OutstandingChunk } from './chunk/outstanding.ts';
import { RunAtBroker } from './run-at-broker.ts';
import { sealChunk } from './chunk/seal-chunk.ts';
import { takeChunk } from './chunk/take-chunk.ts';

/** Milliseconds between two looks for outcomes, where no news came. */
const POLL = 250;
/** Milliseconds for which a caller waits until the end of its run is said. */
const FAREWELL = 200;
/** Milliseconds without news after which a chunk is looked for. */
const SILENCE = 3000;

/**
 * One run on a cluster: its chunks go to the broker while there is room, and its outcomes are fetched by their numbers.
 * News only hasten that, and what is lost at the broker is put there again.
 */
export class RemoteRun {
  readonly outstanding: Outstanding = new Outstanding();
  readonly #work: Work;
  readonly #hub: Hub;
  readonly #id: string;
  #opening: Promise<RunAtBroker> | undefined;
  #isPumping = false;
  #isWanted = false;
  #isFetching = false;
  #hasNews = false;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(work: Work, hub: Hub, id: string) {
    this.#work = work;
    this.#hub = hub;
    this.#id = id;
  }

  /** Whether the broker has a chunk of the run. */
  get isBusy(): boolean {
    return this.outstanding.size > 0;
  }

  /** Sends what the run has, as far as there is room. */
  wake(): void {
    this.#isWanted = true;
    if (this.#isPumping || this.#isOver || this.#work.terms.definition === undefined) return;
    this.#isPumping = true;
    void this.#pump();
  }

  /** Ends what nodes do for the run. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.outstanding.clear();
    const goodbye = this.#opening?.then(
      (run) => run.end(),
      () => {},
    );
    // It is said behind the caller's back where the broker is slow, or is still being connected to.
    if (goodbye !== undefined) await raceTime(goodbye, FAREWELL);
  }

  async #pump(): Promise<void> {
    try {
      const run = await (this.#opening ??= this.#open());
      while (this.#isWanted && !this.#isOver) {
        this.#isWanted = false;
        for (let batch = this.#collect(run.capacity); batch.length > 0; batch = this.#collect(run.capacity)) {
          // oxlint-disable-next-line no-await-in-loop -- what was sent takes the room of what comes next.
          await run.send(batch);
        }
      }
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#isPumping = false;
    }
  }

  async #open(): Promise<RunAtBroker> {
    const { definition, timeout } = this.#work.terms;
    const limits =
      definition?.kind === 'chain'
        ? definition.stages.map((_, stage) => this.#work.terms.limitOf(stage))
        : timeout;
    const { build, signer } = this.#hub.terms;
    const head = { ...(await identifyRun(definition, limits, build)), key: signer?.key };
    const terms = {
      id: this.#id,
      hub: this.#hub,
      head,
      outstanding: this.outstanding,
      isOver: () => this.#isOver,
    };
    const run = await RunAtBroker.open(terms, () => {
      if (this.#timer !== undefined) void this.#fetch(run);
    });
    this.#tend(run);
    return run;
  }

  /** Makes chunks while there is room for them. */
  #collect({ slots, threads }: Capacity): OutstandingChunk[] {
    const batch: OutstandingChunk[] = [];
    const blocks = Math.ceil(threads / Math.max(1, slots));
    while (!this.#isOver && this.outstanding.hasRoom(slots)) {
      const chunk = takeChunk(this.#work, blocks);
      if (chunk === undefined) break;
      const input = sealChunk(this.#work, chunk, this.#hub.terms.maxBytes);
      if (input === undefined) continue;
      const { attempt, items } = chunk;
      const meta: ChunkMeta = { first: listPositions(chunk), count: items.length, attempt };
      batch.push(this.outstanding.add(chunk, JSON.stringify(meta), input));
    }
    return batch;
  }

  /** Fetches the outcomes that are there, and those that come meanwhile. */
  async #fetch(run: RunAtBroker): Promise<void> {
    this.#hasNews = true;
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      while (this.#hasNews && !this.#isOver) {
        this.#hasNews = false;
        // oxlint-disable-next-line no-await-in-loop -- what was fetched is not fetched again.
        const outputs = await run.fetch();
        this.#settle(outputs);
        if (outputs.size === 0 || this.#isOver) continue;
        this.wake();
        // oxlint-disable-next-line no-await-in-loop -- as above.
        await run.drop([...outputs.keys()]);
      }
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#isFetching = false;
    }
  }

  #settle(outputs: ReadonlyMap<number, Buffer>): void {
    for (const [number, output] of outputs) {
      const settled = this.outstanding.remove(number);
      if (settled !== undefined && !this.#isOver) this.#deliver(settled.chunk, output);
    }
  }

  #deliver(chunk: Chunk, output: Buffer): void {
    let read: ReturnType<typeof readOutput>;
    try {
      read = readOutput(output, chunk.items.length);
    } catch (reason) {
      // What nobody may have written is no matter of one item.
      if (reason instanceof ClusterError) throw reason;
      deliverUnreadable(this.#work, chunk, reason);
      return;
    }
    this.outstanding.facts.note(read);
    deliver(this.#work, chunk, read);
  }

  /** Looks after the run while it goes on: outcomes without news, the lease, nodes that have gone, lost chunks. */
  #tend(run: RunAtBroker): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => void this.#look(run), POLL);
  }

  async #look(run: RunAtBroker): Promise<void> {
    try {
      await this.#fetch(run);
      if (!this.#isOver) await run.renew();
      if (!this.#isOver && this.isBusy) await run.awaitNodes();
      if (!this.#isOver) await this.#heal(run);
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.#tend(run);
  }

  async #heal(run: RunAtBroker): Promise<void> {
    const silent = this.outstanding.listSilent(performance.now() - SILENCE);
    if (silent.length === 0) return;
    const { unknown, unserved } = await run.findLost(silent);
    // A chunk that was committed meanwhile is neither lost nor unserved.
    await this.#fetch(run);
    const isLeft = ({ number }: OutstandingChunk): boolean => this.outstanding.get(number) !== undefined;
    const [lost, left] = [unknown.filter(isLeft), unserved.filter(isLeft)];
    for (const chunk of silent) chunk.heardAt = performance.now();
    if (this.#isOver) return;
    this.#tellHeal(lost, 'chunk');
    this.#tellHeal(left, 'job');
    if (lost.length > 0) await run.send(lost);
    await run.ask(left);
  }

  #tellHeal(chunks: readonly OutstandingChunk[], lost: 'chunk' | 'job'): void {
    this.outstanding.facts.healed += chunks.length;
    const numbers = chunks.map(({ number }) => number);
    tellHeal({ queue: this.#hub.terms.queue, run: this.#id, chunks: numbers, lost });
  }

  #fail(reason: unknown): void {
    if (!this.#isOver) this.#work.fail(reason);
  }
}
