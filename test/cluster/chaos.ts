import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from '../../src/entries/cluster.ts';
import { parallelMapSettled, WorkerError } from '../../src/index.ts';
import { answer, lethal } from '../fixtures/cluster/tasks.ts';
import { Random } from '../chaos/trial/random.ts';
import { spawnNode, type TestNode } from './harness.ts';

/** Faults that a run of chaos does to a cluster. */
export interface Faults {
  /** Milliseconds between two kills of a node, from and to. */
  readonly kills?: readonly [number, number];
  /** Milliseconds for which a node is stopped, and goes on. */
  readonly stops?: number;
  /** Called again and again, to do something to the broker; `every` is the pause between in ms. */
  readonly broker?: { readonly every: number; readonly hurt: () => Promise<void> };
}

export interface Damage {
  readonly missing: number;
  readonly wrong: number;
  readonly innocent: number;
  readonly unpunished: number;
  readonly repeated: number;
  readonly kills: number;
  readonly ms: number;
  readonly examples: readonly string[];
}

/**
 * Runs items, one of which kills its program, on nodes that are killed and started again, and counts what is not as a plain
 * loop would have it.
 */
export async function runChaos(
  url: string,
  terms: { seed: number; items: number; nodes: number; faults: Faults; lock?: string; lethal: number },
): Promise<Damage> {
  const { seed, items, nodes: count, faults, lock = '2s', lethal: culprit } = terms;
  const random = new Random(seed);
  const queue = `chaos-${process.pid}-${seed}`;
  const log = join(tmpdir(), `telar-${queue}.log`);
  const start = (): ReturnType<typeof spawnNode> =>
    spawnNode({
      url,
      queue,
      args: ['--workers', '1', '--lock', lock],
      env: { TELAR_TEST_LOG: log, TELAR_TEST_LETHAL: String(culprit) },
    });
  const nodes: ReturnType<typeof spawnNode>[] = Array.from({ length: count }, start);
  let kills = 0;
  let isOver = false;
  const pick = (): TestNode => nodes[Math.floor(random.next() * nodes.length)] as TestNode;
  const loop = async (pause: () => number, hurt: () => Promise<void> | void): Promise<void> => {
    while (!isOver) {
      await sleep(pause());
      if (!isOver) await hurt();
    }
  };
  const revive = loop(
    () => 100,
    () => {
      nodes.forEach((node, at) => {
        if (!node.isOver()) return;
        kills++;
        nodes[at] = start();
      });
    },
  );
  const loops = [revive];
  const { kills: between, stops, broker } = faults;
  if (between !== undefined) {
    const [from, to] = between;
    loops.push(
      loop(
        () => from + random.next() * (to - from),
        () => pick().signal('SIGKILL'),
      ),
    );
  }
  if (stops !== undefined) {
    loops.push(
      loop(
        () => stops,
        async () => {
          const node = pick();
          node.signal('SIGSTOP');
          await sleep(stops);
          node.signal('SIGCONT');
        },
      ),
    );
  }
  if (broker !== undefined) loops.push(loop(() => broker.every, broker.hurt));
  const startedAt = performance.now();
  const cluster = new Cluster({ connection: url, queue });
  try {
    const input = Array.from({ length: items }, (_, at) => at);
    const outcomes = await parallelMapSettled(input, lethal, { pool: cluster });
    const ms = Math.round(performance.now() - startedAt);
    const examples: string[] = [];
    let wrong = 0;
    let innocent = 0;
    let unpunished = 0;
    input.forEach((item, at) => {
      const outcome = outcomes[at];
      if (outcome === undefined) return;
      if (outcome.status === 'fulfilled') {
        if (item === culprit) unpunished++;
        else if (outcome.value !== answer(item)) wrong++;
      } else if (outcome.status === 'skipped') {
        wrong++;
      } else if (item !== culprit || !(outcome.reason instanceof WorkerError)) {
        innocent++;
        examples.push(String(outcome.reason));
      }
    });
    const runs = (await readFile(log, 'utf8')).split('\n').length - 1;
    return {
      missing: items - outcomes.length,
      wrong,
      innocent,
      unpunished,
      repeated: runs - items,
      kills,
      ms,
      examples,
    };
  } finally {
    isOver = true;
    await Promise.all(loops);
    await cluster.close({ force: true });
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    await rm(log, { force: true });
  }
}
