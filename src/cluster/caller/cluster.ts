import { type AnyTask, type CallResult, callTask } from '../../calls/run.ts';
import { captureSite } from '../../errors/call-site.ts';
import { registerPool, unregisterPool } from '../../flow/pool/pool.ts';
import { nameDisposal } from '../../realm/disposal.ts';
import { assertBytes, assertKnown, assertMilliseconds, assertName } from '../../options/check.ts';
import { assertCloseOptions } from '../../options/pool-options.ts';
import type { RunTaskOptions } from '../../options/run-task-options.ts';
import type { CloseOptions, WorkerPool } from '../../options/worker-pool.ts';
import { resolveConnections } from '../connect/open-broker.ts';
import { type Blobs, resolveBlobs } from '../message/blobs.ts';
import { assertSecret, Signer } from '../message/signer.ts';
import { type ClusterStats, describeNodes } from './describe-nodes.ts';
import { Hub } from './hub.ts';
import { RemoteDispatch } from './remote-dispatch.ts';
import { Shards } from './shards.ts';

const WAIT_FOR_NODES = 30_000;
const BROKER_TIMEOUT = 5 * 60_000;
const MOST_BYTES = 32 * 1024 * 1024;
const OPTIONS = [
  'connection',
  'queue',
  'build',
  'waitForNodes',
  'brokerTimeout',
  'secret',
  'maxBytes',
  'blobs',
] as const;

/** Options of a `Cluster`. */
export interface ClusterOptions {
  /**
   * URL of the broker: redis://, rediss:// or postgres://. Or several, each with nodes of its own, the same in each program:
   * calls go to them in turns, and one with a `runId` always to the same. `@defaultValue` TELAR_BROKER of the environment
   */
  readonly connection?: string | readonly string[] | undefined;
  /** Name that the cluster and its nodes have in common: letters, digits, `.`, `_` and `-`. `@defaultValue` 'default' */
  readonly queue?: string | undefined;
  /** Version of the tasks, as given to the nodes. `@defaultValue` a hash of their text */
  readonly build?: string | undefined;
  /** Milliseconds to wait for a node that has the task, at the start and when all have gone. `@defaultValue` 30,000 */
  readonly waitForNodes?: number | undefined;
  /** Milliseconds for which a broker that cannot be reached is waited for. `@defaultValue` 300,000 */
  readonly brokerTimeout?: number | undefined;
  /**
   * Text of at least 16 characters that nodes were given as well (`--secret-file`). Items and outcomes are signed with it,
   * and what is not is refused: whoever can write to the broker can do no more than disturb. `@defaultValue` none
   */
  readonly secret?: string | undefined;
  /** Bytes that the items of one chunk may take, from 1 MB. `@defaultValue` 32 MB */
  readonly maxBytes?: number | undefined;
  /**
   * A folder that all machines share, or `{ put, get, remove }` of a store of objects: items and outcomes of a chunk above 1 MB
   * lie there, and not at the broker. Nodes want the same folder (`--blobs`). `@defaultValue` none
   */
  readonly blobs?: string | Blobs | undefined;
}

/**
 * The cores of all machines that run `npx telar worker`, as the `pool` of a call: the same calls, outcomes and errors.
 * Chunks are handed out by BullMQ, on Redis, Valkey or PostgreSQL.
 *
 * Tasks are exports of modules that the nodes were started with. An item may run more than once when a machine is lost,
 * and has one outcome.
 *
 * @example
 * ```ts
 * import { parse } from './tasks.js'; // the module that the nodes were started with
 *
 * await using cluster = new Cluster({ connection: 'redis://broker:6379', queue: 'reports' });
 * const rows = await parallelMap(files, parse, { pool: cluster });
 * ```
 *
 * @experimental
 */
export class Cluster implements WorkerPool {
  readonly #shards: Shards;
  readonly #dispatch: RemoteDispatch;
  #closed: Promise<void> | undefined;

  constructor(options?: ClusterOptions) {
    assertKnown(options, OPTIONS);
    const {
      connection,
      queue = 'default',
      build,
      waitForNodes,
      brokerTimeout,
      secret,
      maxBytes,
      blobs,
    } = options ?? {};
    assertName(queue, 'queue');
    if (build !== undefined) assertName(build, 'build');
    assertMilliseconds(waitForNodes, 'waitForNodes', 0);
    assertMilliseconds(brokerTimeout, 'brokerTimeout');
    assertSecret(secret);
    assertBytes(maxBytes, 'maxBytes', 1);
    const terms = {
      queue,
      build,
      waitForNodes: waitForNodes ?? WAIT_FOR_NODES,
      brokerTimeout: brokerTimeout ?? BROKER_TIMEOUT,
      signer: secret === undefined ? undefined : new Signer(secret),
      maxBytes: maxBytes ?? MOST_BYTES,
      blobs: resolveBlobs(blobs),
    };
    this.#shards = new Shards(
      resolveConnections(connection).map((each) => new Hub({ ...terms, connection: each })),
    );
    this.#dispatch = new RemoteDispatch(this.#shards);
    registerPool(this, this.#dispatch);
  }

  /** Threads of the nodes that were there at the last look, at least 1; a call looks, so it is 1 before the first. */
  get workers(): number {
    return Math.max(1, this.#shards.threads);
  }

  /**
   * Calls `task(...args)` on a node: `run` with this cluster. Calls of one task that are made in the same turn travel
   * together; one by itself takes some milliseconds to its node and back.
   */
  run<F extends AnyTask>(
    task: F,
    args: Readonly<Parameters<F>>,
    options?: Omit<RunTaskOptions, 'pool'>,
  ): Promise<CallResult<ReturnType<F>>> {
    // oxlint-disable-next-line typescript/unbound-method -- it is not called, but left out of stacks.
    const site = captureSite(Cluster.prototype.run);
    return callTask('cluster.run', { pool: this, task, args, options, site }) as Promise<
      CallResult<ReturnType<F>>
    >;
  }

  /**
   * Lets the calls in progress finish, refuses new ones, then ends all connections. With `force: true` the calls in
   * progress reject with a `WorkerError` whose `reason` is `'closed'`, and nodes end what they do for them. Calling it
   * twice is fine. Nodes stay.
   */
  async close(options?: CloseOptions): Promise<void> {
    assertCloseOptions(options);
    this.#closed ??= this.#close();
    if (options?.force === true) this.#dispatch.cutOff();
    await this.#closed;
  }

  /** Tells what the nodes do, as far as this program knows it now, and what its calls have there. It asks nobody. */
  stats(): ClusterStats {
    return describeNodes(this.#closed === undefined ? this.#shards.nodes : [], this.#dispatch.counts);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  static {
    nameDisposal(this.prototype, 'asyncDispose');
  }

  async #close(): Promise<void> {
    unregisterPool(this);
    await this.#dispatch.drained();
    await this.#shards.close();
  }
}
