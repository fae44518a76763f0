import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'telar/cluster';
import { parallelMapSettled, type Settled, WorkerError } from 'telar';
import { Random } from '../../chaos/trial/random.ts';
import { answer, lethal } from '../../fixtures/cluster/tasks.ts';
import { spawnNode } from '../harness.ts';
import { Proxy } from './proxy.ts';

/** Milliseconds between two faults, from and to. */
type Between = readonly [number, number];

/** Faults that a trial does to a cluster. */
export interface Faults {
  /** Kills a node, which is started again. */
  readonly kills?: Between;
  /** Stops a node for that many ms, which goes on then. */
  readonly stops?: number;
  /** Does something to the broker. */
  readonly broker?: { readonly every: Between; readonly hurt: (random: Random) => Promise<void> };
  /** Does to the connections of caller and nodes what networks do. */
  readonly network?: Between;
}

export interface TrialTerms {
  readonly seed: number;
  readonly items: number;
  readonly nodes: number;
  /** The item that kills whatever runs it; none by default. */
  readonly lethal?: number;
  readonly lock?: string;
  readonly faults: Faults;
  /** The most faults, after which the work goes on in peace; no limit by default. */
  readonly most?: number;
}

/** Counts of outcomes that are not those of a plain loop, and of what it took. */
export interface Damage {
  missing: number;
  wrong: number;
  /** Items that failed, and are not to blame. */
  innocent: number;
  /** Items that kill what runs them, and did not fail. */
  unpunished: number;
  /** Number of executions beyond one for each item. */
  repeated: number;
  faults: number;
  ms: number;
  readonly examples: string[];
}

/**
 * Runs items on nodes, while faults come at random, and counts what is not as a plain loop would have it. A node that has
 * ended is started again.
 */
export async function runTrial(url: string, terms: TrialTerms): Promise<Damage> {
  const { seed, items, lethal: culprit = -1 } = terms;
  const queue = `chaos-${process.pid}-${seed}`;
  const log = join(tmpdir(), `telar-${queue}.log`);
  const ways = { caller: await Proxy.open(url), nodes: await Proxy.open(url) };
  const faults = new FaultMaker(terms, ways, { queue, log });
  const startedAt = performance.now();
  // While the network fails, a node takes long to start on a busy machine.
  const waitForNodes = 120_000;
  const cluster = new Cluster({ connection: ways.caller.url, queue, waitForNodes });
  try {
    faults.begin();
    const input = Array.from({ length: items }, (_, at) => at);
    const outcomes = await parallelMapSettled(input, lethal, { pool: cluster });
    const damage = judge(outcomes, items, culprit);
    damage.ms = Math.round(performance.now() - startedAt);
    const executions = (await readFile(log, 'utf8')).trim().split('\n').map(Number);
    const executed = new Set(executions);
    damage.repeated = executions.length - executed.size;
    // Each item is written down when it runs, but for the one that ends its program before.
    damage.wrong += Math.abs(executed.size - (culprit < 0 ? items : items - 1));
    damage.faults = faults.count;
    return damage;
  } finally {
    await faults.end();
    await cluster.close({ force: true });
    await ways.caller.close();
    await ways.nodes.close();
    await rm(log, { force: true });
  }
}

/** Compares outcomes with those of a plain loop. */
export function judge(outcomes: readonly Settled<number>[], items: number, culprit: number): Damage {
  const damage: Damage = {
    missing: items - outcomes.length,
    wrong: 0,
    innocent: 0,
    unpunished: 0,
    repeated: 0,
    faults: 0,
    ms: 0,
    examples: [],
  };
  outcomes.forEach((outcome, item) => {
    if (outcome.index !== item || outcome.status === 'skipped') damage.wrong++;
    else if (outcome.status === 'fulfilled') {
      if (item === culprit) damage.unpunished++;
      else if (outcome.value !== answer(item)) damage.wrong++;
    } else if (item !== culprit || !(outcome.reason instanceof WorkerError)) {
      damage.innocent++;
      damage.examples.push(`${item}: ${String(outcome.reason)}`);
    }
  });
  return damage;
}

/** The first fault of a broker comes in a quarter of the time between two of them. */
const QUICK = 1 / 4;

/** Does the faults of a trial, until it ends. */
class FaultMaker {
  count = 0;
  readonly #terms: TrialTerms;
  readonly #ways: { readonly caller: Proxy; readonly nodes: Proxy };
  readonly #place: { readonly queue: string; readonly log: string };
  readonly #nodes: ReturnType<typeof spawnNode>[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #ended = new AbortController();

  constructor(
    terms: TrialTerms,
    ways: { caller: Proxy; nodes: Proxy },
    place: { queue: string; log: string },
  ) {
    this.#terms = terms;
    this.#ways = ways;
    this.#place = place;
  }

  begin(): void {
    const { nodes, faults, seed } = this.#terms;
    for (let at = 0; at < nodes; at++) this.#nodes.push(this.#spawn());
    this.#repeat(new Random(0), [50, 100], () => this.#revive());
    if (faults.kills !== undefined) {
      const random = new Random(seed + 1);
      this.#repeat(random, faults.kills, () => this.#hurt(() => random.pick(this.#nodes).signal('SIGKILL')));
    }
    if (faults.stops !== undefined) {
      const { stops } = faults;
      const random = new Random(seed + 2);
      this.#repeat(random, [stops / 2, stops], () => this.#hurt(() => this.#stop(random, stops)));
    }
    if (faults.broker !== undefined) {
      const { every, hurt } = faults.broker;
      const random = new Random(seed + 3);
      // A fast machine is done before the second fault may come.
      this.#repeat(random, every, () => this.#hurt(() => hurt(random)), QUICK);
    }
    if (faults.network !== undefined) {
      for (const [at, way] of [this.#ways.caller, this.#ways.nodes].entries()) {
        const random = new Random(seed + 4 + at);
        this.#repeat(random, faults.network, () => this.#hurt(() => this.#disturb(way, random)));
      }
    }
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#loops);
    await Promise.all(this.#nodes.map((node) => node.end('SIGKILL')));
  }

  #spawn(): ReturnType<typeof spawnNode> {
    return spawnNode({
      url: this.#ways.nodes.url,
      queue: this.#place.queue,
      args: ['--workers', '1', '--lock', this.#terms.lock ?? '2s'],
      env: { TELAR_TEST_LOG: this.#place.log, TELAR_TEST_LETHAL: String(this.#terms.lethal ?? -1) },
    });
  }

  #revive(): void {
    this.#nodes.forEach((node, at) => {
      if (!node.isOver()) return;
      this.#nodes[at] = this.#spawn();
    });
  }

  async #hurt(fault: () => Promise<void> | void): Promise<void> {
    if (this.count >= (this.#terms.most ?? Infinity)) return;
    this.count++;
    await fault();
  }

  async #stop(random: Random, ms: number): Promise<void> {
    const node = random.pick(this.#nodes);
    node.signal('SIGSTOP');
    await this.#pause(ms);
    node.signal('SIGCONT');
  }

  async #disturb(way: Proxy, random: Random): Promise<void> {
    const ms = 2000 * random.next() ** 2;
    const kind = random.pick(['cut', 'both', 'up', 'down', 'end', 'delay', 'forget'] as const);
    switch (kind) {
      case 'cut':
        way.cut();
        break;
      case 'end':
        way.endHalf(random.pick(['up', 'down'] as const));
        break;
      case 'delay':
        way.delay = ms / 20;
        await this.#pause(ms);
        way.delay = 0;
        break;
      case 'forget':
        way.forget();
        break;
      default:
        if (kind !== 'down') way.halt('up');
        if (kind !== 'up') way.halt('down');
        await this.#pause(ms);
        way.resume();
    }
  }

  /** @param haste - Share of the time between two faults that passes before the first. */
  #repeat(random: Random, [from, to]: Between, fault: () => Promise<void> | void, haste = 1): void {
    const loop = async (): Promise<void> => {
      for (let share = haste; ; share = 1) {
        await this.#pause(share * (from + random.next() * (to - from)));
        if (this.#ended.signal.aborted) return;
        await fault();
      }
    };
    this.#loops.push(loop());
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#ended.signal }).catch(() => {});
  }
}
