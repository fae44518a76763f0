import { Worker } from 'node:worker_threads';
import { createDeferred, raceTime } from '../../async/deferred.ts';
import { startWithFlags } from '../../machine/exec-argv.ts';
import { watchThreads } from '../../shared/sync/lifelines.ts';
import type { ResourceLimits } from '../../options/pool-options.ts';
import { locateOwnFile } from '../../machine/own-files.ts';
import { assertStartable } from '../../machine/start-advice.ts';
import { RequestChannel } from '../../wire/remote/request-channel.ts';
import {
  type ProxyRequest,
  type ObjectDefinition,
  type ObjectRequest,
  type ObjectStart,
  type RequestOutcome,
  type SentArguments,
  STAGE_DISMISSED,
  STAGE_LOADING,
  STAGE_STARTING,
} from '../../wire/remote/protocol.ts';
import type { Death } from './failures.ts';
import { ProxiedArguments } from './proxied-arguments.ts';
import { SignalRelay } from './signal-relay.ts';

/** Set by the bundler, which puts the thread's entry beside this file. */
declare const BUNDLED_SPAWN_ENTRY: string | undefined;
const ENTRY =
  typeof BUNDLED_SPAWN_ENTRY === 'string' ? BUNDLED_SPAWN_ENTRY : '../../../bundle/spawn-entry.cjs';

/** Time in ms that a thread whose object was disposed has to end by itself, so that what it printed arrives. */
const GRACE = 200;

/** Longest wait in ms for a terminated thread to end: one that is inside a call into the system does not. */
const MOST_ENDING = 2000;

/** Time in ms that a thread whose port is closed has to end: else it has closed the port, and answers nobody. */
const CLOSED = 1000;

/** Time in ms that a dismissed thread may go on loading: what it loads may hang, and it may have to wait for a core. */
const MOST_LOADING = 10_000;

/** One thread with one object: sends requests to it, and answers the proxies of their arguments. */
export class ObjectThread {
  readonly proxied: ProxiedArguments;
  /** The way in which the thread died; `undefined` while it lives, and when we have ended it. */
  death: Death | undefined;
  /** Resolves when the thread has ended; never rejects. */
  readonly #ended: Promise<void>;
  readonly #worker: Worker;
  readonly #channel: RequestChannel<ObjectRequest, ProxyRequest>;
  readonly #unref: () => void;
  readonly #ref: () => void;
  readonly #stage = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #isStopped = false;
  #hasEnded = false;
  /** The reason why the thread was ended, where that was its own doing. */
  #fault: Error | undefined;

  /**
   * Throws when the system gives no thread.
   *
   * @param onExit - Called at once when the thread has ended, before pending requests are answered.
   */
  constructor(resourceLimits: ResourceLimits | undefined, onExit: () => void) {
    assertStartable(resourceLimits);
    const entry = locateOwnFile(ENTRY, import.meta.url);
    const { port1, port2 } = new MessageChannel();
    this.proxied = new ProxiedArguments(new SignalRelay((note) => this.#channel.note(note)));
    this.#channel = new RequestChannel(port1, {
      serve: (request: ProxyRequest) => this.proxied.serve(request),
      // Nobody knows whose call was lost, so that all calls that wait get the thread's end instead.
      onLost: (reason) => this.#breakOff(reason),
    });
    watchThreads();
    try {
      this.#worker = startWithFlags(
        (flags) =>
          new Worker(entry, {
            workerData: { telar: 'object', port: port2, stage: this.#stage } satisfies ObjectStart,
            transferList: [port2],
            ...(resourceLimits === undefined ? {} : { resourceLimits }),
            ...flags,
          }),
      );
    } catch (thrown) {
      // An open port keeps the process alive.
      port1.close();
      throw thrown;
    }
    this.#ref = (): void => {
      port1.ref();
      this.#worker.ref();
    };
    this.#unref = (): void => {
      port1.unref();
      this.#worker.unref();
    };
    this.#ended = this.#watch(onExit);
    // The port closes also when its thread ends, but then `exit` follows soon, and nothing is left to break off.
    port1.once('close', () => {
      setTimeout(() => this.#breakOff('It closed the port over which it is called.'), CLOSED).unref();
    });
  }

  /** Whether the thread has come as far as to make its object. */
  get hasStarted(): boolean {
    return Atomics.load(this.#stage, 0) !== STAGE_STARTING;
  }

  /** Sends a request to the thread. Always resolves. */
  ask(request: ObjectRequest): Promise<RequestOutcome> {
    return this.#channel.ask(request);
  }

  /** Makes the object. Resolves with the outcome of that, `undefined` where it takes longer than `limit` ms. */
  async make(
    definition: ObjectDefinition,
    args: readonly unknown[],
    limit: number,
  ): Promise<RequestOutcome | undefined> {
    let sent: SentArguments;
    try {
      // The proxies of a constructor's arguments last as long as the object lives.
      sent = this.proxied.proxy(args).args;
    } catch (thrown) {
      // A getter of an argument threw.
      return { kind: 'unsent', thrown };
    }
    const asking = this.ask({ kind: 'start', definition, args: sent });
    return (await raceTime(asking, limit, false)) ? await asking : undefined;
  }

  /** Makes the thread keep the process alive while it is needed, and not otherwise. */
  keepAlive(isNeeded: boolean): void {
    if (isNeeded) this.#ref();
    else this.#unref();
  }

  /** Disposes the object, and ends the thread. Resolves with the outcome of the disposal. */
  async close(): Promise<RequestOutcome> {
    const outcome = await this.ask({ kind: 'dispose' });
    if (outcome.kind !== 'gone') this.#isStopped = true;
    this.#channel.end();
    // Without its port, a thread that has nothing left to do ends.
    await raceTime(this.#ended, GRACE);
    await this.stop();
    return outcome;
  }

  /**
   * Ends the thread at once, or, where it has yet to load what makes its object, behind that: see `dismiss` of the
   * workers.
   *
   * @param isLate - Whether the thread has had its time to load.
   */
  async stop(isLate = false): Promise<void> {
    this.#isStopped = true;
    if (!isLate && this.#dismiss()) {
      this.#channel.end();
      await raceTime(this.#ended, MOST_LOADING);
    }
    void this.#worker.terminate();
    if (await raceTime(this.#ended, MOST_ENDING)) return;
    this.#channel.end();
    this.proxied.end();
    this.#unref();
  }

  /** Makes the thread end by itself once it has loaded what makes its object. False when it has loaded that already. */
  #dismiss(): boolean {
    for (const stage of [STAGE_STARTING, STAGE_LOADING]) {
      if (Atomics.compareExchange(this.#stage, 0, stage, STAGE_DISMISSED) === stage) return true;
    }
    return false;
  }

  #breakOff(reason: string): void {
    if (this.#hasEnded || this.#isStopped) return;
    this.#fault ??= new Error(reason);
    void this.#worker.terminate();
  }

  #watch(onExit: () => void): Promise<void> {
    const ended = createDeferred();
    let crash: { readonly thrown: unknown } | undefined;
    this.#worker.on('error', (thrown: unknown) => {
      crash ??= { thrown };
    });
    this.#worker.once('exit', (exitCode) => {
      this.#hasEnded = true;
      if (this.#fault !== undefined) crash ??= { thrown: this.#fault };
      if (!this.#isStopped) this.death = describeDeath(crash, exitCode);
      ended.resolve();
      onExit();
      this.#channel.end();
      this.proxied.end();
    });
    return ended.promise;
  }
}

function describeDeath(crash: { readonly thrown: unknown } | undefined, exitCode: number): Death {
  if (crash === undefined) return { reason: 'exit', exitCode, thrown: undefined };
  const { thrown } = crash;
  const isMemory = thrown instanceof Error && Reflect.get(thrown, 'code') === 'ERR_WORKER_OUT_OF_MEMORY';
  return { reason: isMemory ? 'out-of-memory' : 'crash', exitCode: undefined, thrown };
}
