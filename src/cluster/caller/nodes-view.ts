import { ClusterError } from '../cluster-error.ts';
import { listNeeds, type NodeInfo, readNode, type RunHead, type TaskName } from '../message/messages.ts';
import type { Registry } from '../store/broker.ts';

/** Milliseconds between two looks at the nodes. */
const LOOK = 2000;

/** Capacity of all nodes that are there together. */
export interface Capacity {
  readonly nodes: number;
  /** Number of chunks that these nodes take at once. */
  readonly slots: number;
  readonly threads: number;
}

/** The nodes of a queue, as a caller sees them: looked at once in two seconds, for all of its runs. */
export class NodesView {
  readonly #registry: Registry;
  #nodes: readonly NodeInfo[] = [];
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Threads of all nodes that were there at the last look. */
  get threads(): number {
    // A node with tasks of several versions is listed once for each.
    return sum([...new Map(this.#nodes.map(({ id, threads }) => [id, threads])).values()]);
  }

  /** The nodes that were there at the last look, once for each version. */
  get nodes(): readonly NodeInfo[] {
    return this.#nodes;
  }

  /** Median of the threads of a node. */
  get perNode(): number {
    return median(this.#nodes.map(({ threads }) => threads));
  }

  /** Looks again, unless that was done just now. */
  async refresh(age: number = LOOK): Promise<void> {
    if (performance.now() - this.#lookedAt < age) return;
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /** Returns what the nodes that have all tasks of a run can do. */
  measure(head: RunHead): Capacity {
    const needs = listNeeds(head);
    const serving = this.#nodes.filter(
      (node) =>
        node.key === head.key &&
        node.version === head.version &&
        needs.every((name) => this.#has(node.id, name)),
    );
    return {
      nodes: serving.length,
      slots: sum(serving.map(({ slots }) => slots)),
      threads: sum(serving.map(({ threads }) => threads)),
    };
  }

  /** Makes the error of a task that no node has, which says who is there. */
  explain(head: RunHead, queue: string): ClusterError {
    const needs = listNeeds(head);
    const { task, version } = needs.find((name) => !this.#nodes.some(({ id }) => this.#has(id, name))) ??
      needs[0] ?? { task: head.task, version: head.version };
    const strangers = this.#nodes.filter((node) => node.version === version && node.tasks.includes(task));
    if (strangers.length > 0 && strangers.every(({ key }) => key !== head.key)) {
      const secrets = strangers.every(({ key }) => key === undefined) ? 'no secret' : 'another secret';
      throw new ClusterError(
        `${countNodes(strangers, 'node', 'nodes')} of the queue '${queue}' with ${task} in version ${version} ` +
          `${strangers.length === 1 ? 'has' : 'have'} ${head.key === undefined ? 'a secret, and this program has none' : secrets}: ` +
          'give --secret-file to the nodes, and `secret` to the Cluster, with the same text.',
        'refused',
      );
    }
    const others = this.#nodes.filter((node) => node.tasks.includes(task));
    const found =
      others.length > 0
        ? `${countNodes(others, 'node has', 'nodes have')} ${task} in ${listVersions(others)}, and this program has version ${version}`
        : this.#nodes.length > 0
          ? `${countNodes(this.#nodes, 'node is', 'nodes are')} there, with ${listTasks(this.#nodes)}`
          : 'no node is there';
    return new ClusterError(
      `No node of the queue '${queue}' has ${task} in version ${version}: ${found}. ` +
        `Start one with: npx telar worker --queue ${queue} --tasks ./${task.split('#')[0]}.js`,
      'no-node',
    );
  }

  /** Tells whether a node has a task. A node with several versions is there once for each. */
  #has(id: string, { task, version }: TaskName): boolean {
    return this.#nodes.some(
      (node) => node.id === id && node.version === version && node.tasks.includes(task),
    );
  }

  async #look(): Promise<void> {
    const infos = await this.#registry.listNodes();
    this.#nodes = infos.map(readNode).filter((node) => node !== undefined);
    this.#lookedAt = performance.now();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 1;
}

/** Says how many nodes there are: one with tasks of several versions is listed for each. */
function countNodes(nodes: readonly NodeInfo[], one: string, many: string): string {
  const { size } = new Set(nodes.map(({ id }) => id));
  return `${size} ${size === 1 ? one : many}`;
}

function listVersions(nodes: readonly NodeInfo[]): string {
  return `version ${[...new Set(nodes.map(({ version }) => version))].join(', ')}`;
}

function listTasks(nodes: readonly NodeInfo[]): string {
  return [...new Set(nodes.flatMap(({ tasks }) => tasks))].slice(0, 10).join(', ');
}
