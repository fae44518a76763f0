import { hostname } from 'node:os';
import type { NodeInfo } from '../message/messages.ts';
import type { Registry } from '../store/broker.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import { writeMetrics } from './metrics.ts';
import { NodeCounts } from './node-counts.ts';
import { QueueWatch } from './queue-watch.ts';

/** Terms of a node that it tells others. */
interface ReportTerms {
  readonly id: string;
  readonly connection: string;
  readonly queue: string;
  readonly tasks: TaskRegistry;
  readonly threads: number;
  readonly slots: number;
  readonly key: string | undefined;
}

/** Report of a node on itself: to callers and operators by way of the broker, and to whoever scrapes it. */
export class NodeReport {
  readonly #terms: ReportTerms;
  readonly #registry: Registry;
  readonly #watch: QueueWatch;
  /** Counts of each version of the node's tasks. */
  readonly #counts = new Map<string, NodeCounts>();
  readonly #startedAt = Date.now();
  #toldAt = -Infinity;

  constructor(terms: ReportTerms, registry: Registry) {
    this.#terms = terms;
    this.#registry = registry;
    this.#watch = new QueueWatch(terms, registry);
    for (const version of terms.tasks.versions) this.#counts.set(version, new NodeCounts());
  }

  /** Returns the counts of a version, in which its chunks are noted. */
  countsOf(version: string): NodeCounts {
    return this.#counts.get(version) ?? new NodeCounts();
  }

  /** Milliseconds since the broker heard of the node. */
  get silence(): number {
    return performance.now() - this.#toldAt;
  }

  /** Says that the node is there, and what it does. */
  async announce(): Promise<void> {
    for (const info of this.#describe())
      // oxlint-disable-next-line no-await-in-loop -- a node has one version, or a few.
      await this.#registry.announce(`${this.#terms.id}.${info.version}`, JSON.stringify(info));
    this.#toldAt = performance.now();
  }

  /** Says that the node leaves. A broker that cannot be reached finds out by itself. */
  async leave(): Promise<void> {
    const { id, tasks } = this.#terms;
    await Promise.allSettled(tasks.versions.map((version) => this.#registry.leave(`${id}.${version}`)));
  }

  /** Writes the metrics of the node, and those of its queue as far as the broker answers, in the text form of Prometheus. */
  async writeMetrics(): Promise<string> {
    return writeMetrics(this.#terms.queue, this.#describe(), await this.#watch.read());
  }

  async close(): Promise<void> {
    await this.#watch.close();
  }

  /** Describes what the node is and does, for each version of its tasks. */
  #describe(): NodeInfo[] {
    const { id, tasks, threads, slots, key } = this.#terms;
    return tasks.versions.map((version) => ({
      v: 1,
      id,
      host: hostname(),
      pid: process.pid,
      version,
      tasks: tasks.listTasks(version),
      threads,
      slots,
      node: process.version,
      key,
      since: this.#startedAt,
      seen: Date.now(),
      load: this.#counts.get(version)?.measure(),
    }));
  }
}
