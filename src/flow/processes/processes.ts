import { raceTime } from '../../async/deferred.ts';
import type { ResourceLimits } from '../../options/pool-options.ts';
import { countMemory } from '../../machine/memory.ts';
import type { HostedSession, SessionHost, SessionTerms } from '../hosts/host.ts';
import { createUnstarted } from '../hosts/unstarted.ts';
import type { WorkerRecord } from '../hosts/worker-record.ts';
import { Child } from './child.ts';
import { SlotFile } from './slot-file.ts';
import { startProcess } from './start-process.ts';

/** The share of all memory that one child may have: with more, it would bring down others with it. */
const LARGEST_SHARE = 0.8;
/** Milliseconds between two looks at the memory of children. */
const WATCH = 50;
/**
 * Milliseconds for which the end of a child is waited for: of one that was asked to end, and then of one that was
 * killed.
 */
const MOST_ENDING = 2000;

/**
 * Workers that are child processes: what no thread can contain, a crash in native code or memory that runs away, ends
 * one of them and nothing else. They share no memory with this process; a slot is a small file.
 */
export class Processes implements SessionHost {
  readonly size: number;
  readonly #resourceLimits: ResourceLimits | undefined;
  readonly #memory: number;
  readonly #children = new Set<Child>();
  readonly #idle: Child[] = [];
  #watch: NodeJS.Timeout | undefined;

  /** @param memory - Bytes that the user gives them all. */
  constructor(size: number, resourceLimits: ResourceLimits | undefined, memory: number = Infinity) {
    this.size = size;
    this.#resourceLimits = resourceLimits;
    this.#memory = Math.min(memory, LARGEST_SHARE * countMemory());
  }

  get idle(): number {
    return this.#idle.filter((child) => !child.hasEnded).length;
  }

  open(terms: SessionTerms): HostedSession {
    return this.#takeIdle()?.open(terms) ?? this.#start(terms);
  }

  listRecords(): WorkerRecord[] {
    return [...this.#children].filter(({ hasEnded }) => !hasEnded).map(({ record }) => record);
  }

  async close(isForced: boolean): Promise<void> {
    const ending = Promise.all([...this.#children].map((child) => child.ended));
    if (!isForced) {
      for (const child of this.#children) child.end();
      if (await raceTime(ending, MOST_ENDING)) return;
    }
    // A child that was stopped, or that has lost the means to end itself, is killed.
    for (const child of this.#children) child.terminate();
    await raceTime(ending, MOST_ENDING);
  }

  #takeIdle(): Child | undefined {
    for (let child = this.#idle.pop(); child !== undefined; child = this.#idle.pop()) {
      if (!child.hasEnded) return child;
    }
    return undefined;
  }

  #start(terms: SessionTerms): HostedSession {
    let file: SlotFile;
    try {
      file = new SlotFile();
    } catch (thrown) {
      return createUnstarted(thrown);
    }
    const started = startProcess(this.#resourceLimits, file.fd);
    if ('failure' in started) {
      file.close();
      return createUnstarted(started.failure);
    }
    const child = new Child(started.process, file, this.#memory, (idle) => this.#idle.push(idle));
    this.#add(child);
    return child.open(terms);
  }

  #add(child: Child): void {
    this.#children.add(child);
    void child.ended.then(() => {
      this.#children.delete(child);
      if (this.#children.size > 0) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
    });
    this.#watch ??= setInterval(() => {
      for (const each of this.#children) each.watch();
    }, WATCH).unref();
  }
}
