import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Repeated } from '../../async/repeated.ts';
import type { Work } from '../../flow/work/work.ts';
import type { RunName } from '../../flow/work/dispatcher.ts';
import type { Chunk } from '../../flow/chunk/chunk.ts';
import { tellHeal } from '../channels.ts';
import { ClusterError } from '../cluster-error.ts';
import { readOutput } from '../message/read-output.ts';
import { deliver, deliverUnreadable } from './chunk/deliver.ts';
import { describeStore } from '../../task/definition/fingerprint.ts';
import { identifyRun } from '../tasks/identify.ts';
import { openStore } from '../tasks/open-store.ts';
import { describeShort } from './named/refusals.ts';
import { makeChunks } from './chunk/make-chunks.ts';
import { Outstanding, type OutstandingChunk } from './chunk/outstanding.ts';
import { RunAtBroker } from './run-at-broker.ts';
import type { Place } from './shards.ts';

/** Milliseconds between two looks for outcomes, where no news came. */
const POLL = 250;
/** Milliseconds without news after which a chunk is looked for. */
const SILENCE = 3000;

/**
 * One run on a cluster: its chunks go to the broker while there is room, and its outcomes are fetched by their numbers.
 * News only hasten that, and what is lost at the broker is put there again.
 */
export class RemoteRun {
  readonly outstanding: Outstanding = new Outstanding();
  readonly #work: Work;
  readonly #place: Place;
  readonly #id: string;
  readonly #name: RunName | undefined;
  #opening: Promise<RunAtBroker> | undefined;
  readonly #sending = new Repeated(() => this.#sendAll());
  readonly #fetching = new Repeated(() => this.#fetchAll());
  /** Value that the call gives to its tasks. */
  #store: unknown;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param name - Terms of a run that may be gone on with. */
  constructor(work: Work, place: Place, name?: RunName) {
    this.#work = work;
    this.#place = place;
    this.#id = name?.id ?? randomUUID();
    this.#name = name;
  }

  /** Whether the broker has a chunk of the run. */
  get isBusy(): boolean {
    return this.outstanding.size > 0;
  }

  /** Sends what the run has, as far as there is room. */
  wake(): void {
    if (!this.#isOver && this.#work.terms.definition !== undefined) void this.#sending.ask();
  }

  /** Ends what nodes do for the run. Resolves when the broker has heard of it, or will not hear of it. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.pause();
    const run = await this.#opening?.catch(() => undefined);
    await run?.end();
  }

  /** Sends and fetches nothing more. */
  pause(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.outstanding.clear();
  }

  /**
   * Deletes a run that is complete, and lets another one go, for a later caller.
   *
   * @param pulled - Number of items of the input, where it was read to its end.
   */
  async finish(isComplete: boolean, pulled: number | undefined): Promise<void> {
    this.pause();
    const run = await this.#opening?.catch(() => undefined);
    const end = run?.known?.end ?? 0;
    const isShort = isComplete && pulled !== undefined && pulled < end;
    await run?.end(isComplete && !isShort);
    if (isShort) throw describeShort(this.#id, pulled, end);
  }

  async #sendAll(): Promise<void> {
    try {
      const run = await (this.#opening ??= this.#open());
      const isOver = (): boolean => this.#isOver;
      const { maxBytes } = this.#place.terms;
      const isNamed = this.#name !== undefined;
      for (let isMore = !this.#isOver; isMore;) {
        const { capacity, known } = run;
        const terms = { capacity, known, maxBytes, isNamed, isOver, store: this.#store };
        // oxlint-disable-next-line no-await-in-loop -- what was sent takes the room of what comes next.
        const batch = await makeChunks(this.#work, this.outstanding, terms);
        isMore = batch.length > 0 && !this.#isOver;
        // oxlint-disable-next-line no-await-in-loop -- chunks are sent in the order of the input.
        if (isMore) await run.send(batch);
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async #open(): Promise<RunAtBroker> {
    const { definition, timeout, areCalls, store } = this.#work.terms;
    const limits =
      definition?.kind === 'chain'
        ? definition.stages.map((_, stage) => this.#work.terms.limitOf(stage))
        : timeout;
    const { build, signer } = this.#place.terms;
    const { input } = this.#name ?? {};
    this.#store = await openStore(store);
    const options = this.#name && [this.#name.options, ...describeStore(this.#store)].join(', ');
    const calls = areCalls === true || undefined;
    const head = {
      ...(await identifyRun(definition, limits, build)),
      calls,
      key: signer?.key,
      input,
      options,
    };
    const terms = {
      id: this.#id,
      name: this.#name,
      head,
      outstanding: this.outstanding,
      isOver: () => this.#isOver,
    };
    const onNews = (): void => {
      if (this.#timer !== undefined) void this.#fetching.ask();
    };
    const run = await this.#place.open((hub, patience) =>
      RunAtBroker.open({ ...terms, hub, patience }, onNews),
    );
    this.#tend(run);
    holdRun(run, terms.isOver).catch((thrown: unknown) => this.#fail(thrown));
    return run;
  }

  /** Fetches the outcomes that are there. */
  async #fetchAll(): Promise<void> {
    if (this.#isOver) return;
    try {
      const run = await (this.#opening as Promise<RunAtBroker>);
      const outputs = await run.fetch();
      this.#settle(outputs);
      if (outputs.size === 0 || this.#isOver) return;
      this.wake();
      await run.drop([...outputs.keys()]);
    } catch (thrown) {
      this.#fail(thrown);
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
      // A forged message is no matter of one item.
      if (reason instanceof ClusterError) throw reason;
      deliverUnreadable(this.#work, chunk, reason);
      return;
    }
    this.outstanding.facts.note(read);
    deliver(this.#work, chunk, read);
  }

  /** Looks after the run while it goes on: outcomes without news, nodes that have gone, lost chunks. */
  #tend(run: RunAtBroker): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => void this.#look(run), POLL);
  }

  async #look(run: RunAtBroker): Promise<void> {
    try {
      await this.#fetching.ask();
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
    await this.#fetching.ask();
    const isLeft = ({ number }: OutstandingChunk): boolean => this.outstanding.get(number) !== undefined;
    const [lost, left] = [unknown.filter(isLeft), unserved.filter(isLeft)];
    for (const chunk of silent) chunk.heardAt = performance.now();
    if (this.#isOver) return;
    this.#tellHeal(lost, 'chunk');
    this.#tellHeal(left, 'job');
    if (lost.length > 0) await run.send(lost);
    await run.ask(left, true);
  }

  #tellHeal(chunks: readonly OutstandingChunk[], lost: 'chunk' | 'job'): void {
    this.outstanding.facts.healed += chunks.length;
    const numbers = chunks.map(({ number }) => number);
    tellHeal({ queue: this.#place.terms.queue, run: this.#id, chunks: numbers, lost });
  }

  #fail(reason: unknown): void {
    if (!this.#isOver) this.#work.fail(reason);
  }
}

/** Holds a run until it ends here, beside the looks: each of these may wait longer than a lease lasts, as for nodes. */
async function holdRun(run: RunAtBroker, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    // oxlint-disable-next-line no-await-in-loop -- it is held from time to time; the looks keep the process alive.
    await sleep(POLL, undefined, { ref: false });
    // oxlint-disable-next-line no-await-in-loop
    if (!isOver()) await run.renew();
  }
}
