import { randomBytes } from 'node:crypto';
import { enterPool, type Pool } from '../../flow/pool/pool.ts';
import { tellBegin, tellCommit } from '../channels.ts';
import { ClusterError } from '../cluster-error.ts';
import type { JobReport } from '../engine/job.ts';
import {
  type ChunkMeta,
  type ChunkOutput,
  listNeeds,
  readHead,
  readMeta,
  type RunHead,
} from '../message/messages.ts';
import { type Blobs, stow, unstow } from '../message/blobs.ts';
import { checkWith, signWith, type Signer } from '../message/signer.ts';
import type { Begun, RunStore } from '../store/store.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import type { ChunkRunner } from './chunk-runner.ts';
import { countFailed, type NodeChunk, readChunk, sealOutput, sealRefusal } from './node-chunk.ts';
import type { NodeCounts } from '../status/node-counts.ts';
import type { Suspects } from './suspects.ts';

/** Name of a chunk: its run, and its number in the run. */
type ChunkName = Pick<NodeChunk, 'run' | 'number'>;

/** Parts of a node that chunks need. */
export interface ServerParts {
  readonly node: string;
  readonly queue: string;
  readonly tasks: TaskRegistry;
  readonly runs: RunStore;
  readonly pool: Pool;
  readonly runner: ChunkRunner;
  readonly suspects: Suspects;
  readonly signer: Signer | undefined;
  readonly blobs: Blobs | undefined;
  /** Does a step at the broker, for as long as it takes. */
  readonly insist: <R>(step: () => Promise<R>, isLarge?: boolean) => Promise<R>;
}

/** Times that a chunk goes back since blobs fail, until its items fail: its caller asks again each 3 s, so for 5 minutes. */
const MOST_FAILURES = 100;
/** Chunks that went back which are remembered. */
const MOST_FAILED = 1000;

/** Serves the jobs of one version: fetches the chunk, runs it, and commits what became of it. */
export class ChunkServer {
  readonly #parts: ServerParts;
  readonly #version: string;
  readonly #counts: NodeCounts;
  /** Counts, by the names of chunks, of how often each went back since blobs failed. */
  readonly #failures = new Map<string, number>();

  constructor(parts: ServerParts, version: string, counts: NodeCounts) {
    this.#parts = parts;
    this.#version = version;
    this.#counts = counts;
  }

  /** Serves a job. What this throws fails the job at the broker. */
  async serve(data: unknown): Promise<JobReport | 'gone'> {
    const { runs, insist } = this.#parts;
    const { run, number } = readJob(data);
    const begun = await insist(() => runs.begin(run, number), true);
    if (begun === undefined) return 'gone';
    let head: RunHead;
    let meta: ChunkMeta;
    try {
      head = readHead(begun.head);
      meta = readMeta(begun.meta);
    } catch (reason) {
      // The caller of the job may be of a version to come, and would have a failed job run again for ever.
      warnOfRefusal(reason as ClusterError);
      await this.#commit({ run, number }, sealRefusal('unloadable', 1, reason), 1);
      return { items: 0, failed: 0, ms: 0, node: this.#parts.node };
    }
    this.#counts.begin(meta.count, begun.starts);
    try {
      return await this.#serveBegun({ run, number }, begun, head, meta);
    } finally {
      this.#counts.leave(meta.count);
    }
  }

  async #serveBegun(
    name: ChunkName,
    begun: Begun,
    head: RunHead,
    meta: ChunkMeta,
  ): Promise<JobReport | 'gone'> {
    const { queue, node } = this.#parts;
    const { run, number } = name;
    const { task } = head;
    const { count: items } = meta;
    const startedAt = performance.now();
    const event = {
      queue,
      run,
      chunk: number,
      task,
      version: this.#version,
      items,
      starts: begun.starts,
      node,
    };
    tellBegin(event);
    const done = await this.#runChunk(name, begun, head, meta);
    if (done === undefined) return 'gone';
    const isFirst = await this.#commit(name, done.output, items);
    const ms = Math.round(performance.now() - startedAt);
    const { failed } = done;
    this.#counts.commit({ items, failed, ms }, isFirst);
    tellCommit({ ...event, failed, ms }, isFirst);
    return { items, failed, ms, node };
  }

  /** Runs a chunk. What it holds is an outcome in any case: the caller would have a failed job run again for ever. */
  async #runChunk(
    name: ChunkName,
    begun: Begun,
    head: RunHead,
    meta: ChunkMeta,
  ): Promise<{ readonly output: Buffer; readonly failed: number } | undefined> {
    const { count } = meta;
    const { input, starts } = begun;
    const definition = head.version === this.#version ? this.#parts.tasks.define(head) : undefined;
    if (definition === undefined) {
      const needs = listNeeds(head).map(({ task, version }) => `${task} in version ${version}`);
      const reason = new ClusterError(`This node does not have ${needs.join(', ')}.`, 'refused');
      return { output: sealRefusal('unloadable', count, reason), failed: count };
    }
    const { signer, suspects } = this.#parts;
    const { run, number } = name;
    let chunk: NodeChunk;
    try {
      const packed = checkWith(signer, input, 'in', run, number, begun.head, begun.meta);
      const { sealed } = await this.#useBlobs(name, 'in', () => unstow(this.#parts.blobs, packed));
      chunk = { ...name, definition, head, ...readChunk(head, meta, sealed) };
    } catch (reason) {
      if (reason instanceof BlobError) throw reason;
      if (reason instanceof ClusterError) warnOfRefusal(reason);
      return { output: sealRefusal('undecodable', count, reason), failed: count };
    }
    const part = starts > 1 ? this.#checkPart(name, begun.part) : undefined;
    const output = starts > 1 ? await suspects.run(chunk, part) : await this.#runHere(chunk);
    if (output === undefined) return undefined;
    const sent = { ...output, node: this.#parts.node, starts };
    return { output: sealOutput(sent), failed: countFailed(output) };
  }

  /** Commits outcomes of so many items. Resolves with whether they were the first. */
  async #commit(name: ChunkName, given: Buffer, items: number): Promise<boolean> {
    let sealed = given;
    const { run, number } = name;
    const { runs, insist, blobs, signer } = this.#parts;
    // Several nodes may have the chunk: each has a key of its own.
    const key = `${run}.${number}.out-${randomBytes(6).toString('hex')}`;
    const packed = await this.#useBlobs(name, 'out', () => stow(blobs, sealed, key)).catch(
      (reason: unknown) => {
        if (reason instanceof BlobError) throw reason;
        return (sealed = sealRefusal('unreadable', items, reason));
      },
    );
    const output = signWith(signer, packed, 'out', run, number);
    if (await insist(() => runs.commit(run, number, output), true)) return true;
    if (packed === sealed) return false;
    // A commit whose answer was lost is sent again, and is not the first then: what it refers to has to stay.
    const there = (await insist(() => runs.take(run, [number]), true)).get(number);
    if (there?.equals(output) === true) return true;
    await Promise.resolve(blobs?.remove(key)).catch(() => {});
    return false;
  }

  /**
   * Does a step with blobs. Where these cannot be reached the chunk goes back, and its caller asks for it again; where that was
   * so too often a ClusterError says so: a node may have another folder than its callers.
   */
  async #useBlobs<R>({ run, number }: ChunkName, of: 'in' | 'out', step: () => Promise<R>): Promise<R> {
    const name = `${run}.${number}.${of}`;
    try {
      const done = await step();
      this.#failures.delete(name);
      return done;
    } catch (cause) {
      if (cause instanceof ClusterError) throw cause;
      const message = `Blobs, which callers and nodes have to share, could not be used: ${describeReason(cause)}`;
      const count = (this.#failures.get(name) ?? 0) + 1;
      this.#failures.delete(name);
      if (count >= MOST_FAILURES) throw new ClusterError(message, 'broker', { cause });
      this.#failures.set(name, count);
      // Chunks that another node has run are not heard of again.
      if (this.#failures.size > MOST_FAILED) this.#failures.delete([...this.#failures.keys()][0] as string);
      await this.#parts.insist(() => this.#parts.runs.release(run, number));
      throw new BlobError(message, { cause });
    }
  }

  /** Returns what another node has noted; nothing where that is not to be believed, since a chunk can always run anew. */
  #checkPart({ run, number }: ChunkName, part: Buffer | undefined): Buffer | undefined {
    try {
      return part && checkWith(this.#parts.signer, part, 'part', run, number);
    } catch (reason) {
      warnOfRefusal(reason as ClusterError);
      return undefined;
    }
  }

  async #runHere(chunk: NodeChunk): Promise<ChunkOutput | undefined> {
    const { runner, pool } = this.#parts;
    const relay = runner.open(chunk);
    const isWanted = await runner.run(chunk, relay, enterPool(pool));
    return isWanted ? relay.record.output : undefined;
  }
}

/** Blobs cannot be reached. The error fails the job, as the broker's own errors do. */
class BlobError extends Error {
  override name = 'BlobError';
}

function describeReason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

let hasWarned = false;

/** Says, once, that somebody else writes to the broker. */
function warnOfRefusal({ message }: ClusterError): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(`A chunk was refused, as others will be: ${message}`, 'TelarClusterWarning');
}

/** Reads a job. A job that is none of Telar's fails, before anything is loaded for it. */
function readJob(data: unknown): ChunkName {
  const { v, run, number } = Object(data) as { v?: unknown; run?: unknown; number?: unknown };
  const isRun = typeof run === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(run);
  if (v !== 1 || !isRun || !Number.isSafeInteger(number)) {
    throw new ClusterError('The job was not made by Telar.', 'refused');
  }
  return { run, number: number as number };
}
