import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBroker } from '../../../src/cluster/connect/open-broker.ts';
import { Cluster } from '../../../src/entries/cluster.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { runAtOnce } from '../../model/group.ts';
import { spawnNode } from '../harness.ts';
import type { ClusterGroup } from './programs.ts';

/** Arguments of a node that has the tasks of random programs, under a name that no other module has. */
export const MODEL: readonly string[] = [
  '--tasks',
  `model=${fileURLToPath(new URL('../../model/programs/tasks.js', import.meta.url))}`,
];

/** A cluster of some nodes, of which each that ends is started again. */
export class TestCluster {
  readonly #url: string;
  readonly #queue = `model-${randomBytes(4).toString('hex')}`;
  readonly #nodes: ReturnType<typeof spawnNode>[];
  readonly #cluster: Cluster;
  #names = 0;

  constructor(url: string, nodes: number) {
    this.#url = url;
    this.#nodes = Array.from({ length: nodes }, () => this.#spawn());
    this.#cluster = new Cluster({ connection: url, queue: this.#queue, waitForNodes: 60_000 });
  }

  /** Runs programs at once, while nodes are killed, and says what was not as in the plain loop. */
  async run({ kills, programs }: ClusterGroup): Promise<string[]> {
    const folder = await makeFolder('model');
    // A node that two kills fall on at once would be started twice, and one of these be known to nobody.
    let killing = Promise.resolve();
    const kill = (at: number): void => void (killing = killing.then(() => this.#kill(at)));
    const timers = kills.map((ms, at) => setTimeout(kill, ms, at));
    const names: string[] = [];
    const nameRun = (): string => {
      names.push(`run-${this.#names++}`);
      return names.at(-1) as string;
    };
    const pools = [{ pool: this.#cluster, isolate: 'thread' as const }];
    try {
      return await runAtOnce(programs, { pools, folder, nameRun });
    } finally {
      for (const timer of timers) clearTimeout(timer);
      await killing;
      await this.#forget(names);
      await removeFolder(folder);
    }
  }

  /** Processes of the nodes; the first is that of the last to be killed. */
  get pids(): number[] {
    return this.#nodes.map(({ pid }) => pid);
  }

  /** Resolves once all nodes take chunks. */
  async ready(): Promise<void> {
    for (const node of this.#nodes) {
      // oxlint-disable-next-line no-await-in-loop -- it is waited for.
      while (!node.said.includes('serves') && !node.isOver()) await sleep(10);
    }
  }

  async close(): Promise<void> {
    await this.#cluster.close({ force: true });
    await Promise.all(this.#nodes.map((node) => node.end('SIGKILL')));
  }

  /** Deletes runs that have failed, and would stay a day. */
  async #forget(names: readonly string[]): Promise<void> {
    const broker = await openBroker(this.#url, this.#queue);
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      await broker.registry.forget(name);
    }
    await broker.close();
  }

  async #kill(at: number): Promise<void> {
    const place = this.#nodes.length - 1 - (at % this.#nodes.length);
    await this.#nodes[place]?.end('SIGKILL');
    this.#nodes[place] = this.#spawn();
  }

  #spawn(): ReturnType<typeof spawnNode> {
    const args = ['--workers', '2', '--lock', '1s', ...MODEL];
    return spawnNode({ url: this.#url, queue: this.#queue, args });
  }
}
