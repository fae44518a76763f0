import { createDeferred } from '../../src/async/deferred.ts';
import { disposeWorkerValues } from '../../src/task/revive-task.ts';
import { describeThrown, encodeThrown } from '../../src/wire/values/error.ts';
import type { ChunkMessage, FromWorker, SessionStart, ToWorker } from '../../src/wire/message/message.ts';
import {
  isTakenBack,
  markAnswered,
  PHASE_ANSWERING,
  PHASE_CLOSING,
  PHASE_COLLECTING,
  PHASE_IDLE,
  PHASE_LOADING,
  PHASE_RUNNING,
  setPhase,
} from '../../src/wire/slots/slot.ts';
import { ChunkRun, type EnterItem } from '../chunk/run-chunk.ts';
import { enterItem, leaveItems, type StrayListener } from './strays.ts';
import { Tasks } from '../chunk/tasks.ts';
import type { Loaded } from '../item/outcomes.ts';
import { enterUserland, leaveUserland, outsideUserland } from '../userland/userland.ts';
import { MessageQueue, type Received } from './message-queue.ts';
import { isDue, mayBeDue } from './recycling.ts';

/** A busy worker lets its event loop turn after this many ms, so that timers and I/O are served. */
const LOOP_EVERY = 10;

const NOTHING_RAN = {
  type: 'answer',
  ran: 0,
  values: { kind: 'values', values: [] },
  payload: undefined,
  encoded: undefined,
  bytes: 0,
  compute: 0,
  load: 0,
} as const;

/** The worker's end of a session: takes chunks from its port and runs them strictly one after another. */
export class Session {
  readonly #start: SessionStart;
  readonly #isNested: boolean;
  readonly #waiting = new MessageQueue();
  readonly #tasks: Tasks;
  readonly #ended = createDeferred();
  /** Number of messages that have come, readable or not: main counts what it sends. */
  #received = 0;
  #isWorking = false;
  #hasEnded = false;
  #isRecycling = false;
  #running: ChunkRun | undefined;
  #looped = performance.now();

  /** @param options - A nested session shares its thread with the item that started it. */
  constructor(start: SessionStart, { isNested = false }: { isNested?: boolean } = {}) {
    this.#start = start;
    this.#tasks = new Tasks(start.importTimeout);
    this.#isNested = isNested;
    start.port.on('message', (message: ToWorker) => this.#receive(message));
    start.port.on('messageerror', (thrown: unknown) => {
      // An unreadable message waits for its turn: the chunks before it answer first.
      this.#receive({ type: 'undecodable', position: this.#received, reason: String(thrown) });
    });
  }

  /** Resolves when main has ended the session and the chunks before it have run. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Reports an error that no code caught, with the item that left it where that is known. */
  stray(thrown: unknown, index: number | undefined, chunk?: number): void {
    // Items of other calls have the same indices.
    const isOfRunning = chunk !== undefined && this.#running?.message.chunk === chunk;
    if (isOfRunning && index !== undefined && this.#running?.failWaiting(index, thrown) === true) return;
    const origin = index === undefined ? 'A task' : `Item ${index} of a call that is over`;
    if (this.#hasEnded)
      process.emitWarning(`${origin} left an error behind: ${describeThrown(thrown)}`, 'TelarStrayError');
    else outsideUserland(() => this.#post({ type: 'stray', chunk, index, thrown: encodeThrown(thrown) }));
  }

  /** Makes errors that the items of a chunk leave behind be told with the chunk. */
  #traceItems(chunk: number): EnterItem {
    const listener: StrayListener = { stray: (thrown, index) => this.stray(thrown, index, chunk) };
    return (index, context) => enterItem(listener, index, context);
  }

  #receive(message: Received): void {
    this.#received++;
    if (message.type === 'abort') {
      if (this.#running?.message.chunk === message.chunk) this.#running.abort();
      return;
    }
    this.#waiting.add(message);
    if (!this.#isWorking) void this.#work();
  }

  /** Works off messages. Fails only where a task has broken the worker for good, which is to be replaced then. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      await this.#workOff();
    } catch (thrown) {
      this.#giveUp(thrown);
    }
  }

  #giveUp(thrown: unknown): void {
    if (!this.#isNested) leaveUserland();
    // The message may not arrive, but a worker that is idle and owes something is found out.
    setPhase(this.#start.slots, PHASE_IDLE);
    this.#post({ type: 'broken', reason: describeThrown(thrown) });
  }

  async #workOff(): Promise<void> {
    for (let message = this.#waiting.take(); message !== undefined; message = this.#waiting.take()) {
      if (message.type === 'chunk') await this.#serve(message);
      else if (message.type === 'define') this.#tasks.define(message);
      else if (message.type === 'forget') this.#tasks.forget(message.task);
      else if (message.type === 'end') await this.#close(message.dispose);
      else if (message.type === 'undecodable') this.#post(message);
      if (!this.#waiting.isEmpty && performance.now() - this.#looped > LOOP_EVERY) await this.#turnLoop();
    }
    // This is set at once: the next message may come in this very turn.
    this.#isWorking = false;
  }

  async #serve(message: ChunkMessage): Promise<void> {
    const ran = await this.#runChunk(message);
    const { recycle: policy, slots } = this.#start;
    if (policy === undefined || this.#isRecycling || ran === 0 || !mayBeDue(policy, ran, slots)) return;
    setPhase(slots, PHASE_COLLECTING);
    this.#isRecycling = await isDue(policy);
    setPhase(slots, PHASE_IDLE);
    if (this.#isRecycling) this.#post({ type: 'recycle' });
  }

  /** Runs a chunk, and returns how many of its items ran. Nothing of them is held after that. */
  async #runChunk(message: ChunkMessage): Promise<number> {
    const { slots, port } = this.#start;
    // The phase is set before the look: main takes back, and then looks whether the task loads. One sees the other.
    if (!this.#tasks.has(message.task)) setPhase(slots, PHASE_LOADING);
    if (isTakenBack(slots, message.row) || (this.#isRecycling && !message.isBound)) {
      // The task is not even loaded: it may be the one that hangs.
      markAnswered(slots, message.row);
      setPhase(slots, PHASE_IDLE);
      this.#post({ ...NOTHING_RAN, chunk: message.chunk });
      return 0;
    }
    let loaded: Loaded;
    const loading = performance.now();
    try {
      const known = this.#tasks.load(message.task);
      loaded = known instanceof Promise ? await known : known;
      if (known instanceof Promise && !this.#isNested) leaveUserland();
    } catch (thrown) {
      markAnswered(slots, message.row);
      setPhase(slots, PHASE_IDLE);
      this.#post({ type: 'unloadable', chunk: message.chunk, thrown: encodeThrown(thrown) });
      return 0;
    }
    const load = performance.now() - loading;
    setPhase(slots, PHASE_RUNNING);
    const run = new ChunkRun(message, loaded, slots, this.#traceItems(message.chunk));
    this.#running = run;
    // A nested session runs within a task already.
    if (!this.#isNested && !run.isGuarded) enterUserland();
    for (let waiting = run.advance(); waiting !== undefined; waiting = run.advance()) await waiting;
    if (!this.#isNested && !leaveUserland()) throw new Error('a task has frozen what it replaced');
    const compute = run.elapsed;
    this.#running = undefined;
    leaveItems();
    markAnswered(slots, message.row);
    // A result may have getters, which run now: nobody can tell from outside which item they are of.
    setPhase(slots, PHASE_ANSWERING);
    run.post(port, { compute, load });
    setPhase(slots, PHASE_IDLE);
    return run.ran;
  }

  async #close(dispose: boolean): Promise<void> {
    if (this.#isRecycling) {
      await this.#recycle();
      return;
    }
    // Values that the thread holds for its own items stay when these items close a pool.
    if (dispose && !this.#isNested) {
      setPhase(this.#start.slots, PHASE_CLOSING);
      await disposeValues();
      setPhase(this.#start.slots, PHASE_IDLE);
    }
    this.#hasEnded = true;
    this.#start.port.close();
    this.#ended.resolve();
  }

  /** Closes what the worker holds, which is then replaced. The session does not end: that would make its worker free for another. */
  async #recycle(): Promise<void> {
    setPhase(this.#start.slots, PHASE_CLOSING);
    try {
      await disposeWorkerValues();
    } finally {
      this.#post({ type: 'disposed' });
    }
  }

  #turnLoop(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#looped = performance.now();
        resolve();
      });
    });
  }

  #post(message: FromWorker): void {
    this.#start.port.postMessage(message);
  }
}

/** Closes what `perWorker` opened. A value that cannot be closed must not keep its pool open. */
async function disposeValues(): Promise<void> {
  try {
    await disposeWorkerValues();
  } catch (thrown) {
    process.emitWarning(`A perWorker value failed to close: ${describeThrown(thrown)}`, 'TelarDisposeError');
  }
}
