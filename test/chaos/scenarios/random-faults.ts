import { makeFolder, removeFolder } from '../../harness/folder.ts';
import type { Settled } from 'telar';
import { findMisjudged, isWrongValue } from '../faults/model.ts';
import { type FaultyItem, writeScript } from '../faults/script.ts';
import { misbehave } from '../tasks/misbehave.ts';
import { readStarts } from '../tasks/record.ts';
import { Random } from '../trial/random.ts';
import type { Scenario, Trial } from '../trial/trial.ts';

/** Long for an item of some microseconds, also where 13 workers that die and start share two cores. */
const TIMEOUT = 2000;
const SEEDS = 20;

/** One run of a seed, with what a model says of it. */
interface Shape {
  readonly items: number;
  readonly faults: number;
  readonly workers: number;
  readonly retries: number;
  readonly chunkSize: number | undefined;
}

export const randomFaults: Scenario = {
  name: 'random-faults',
  claim: 'every item has the outcome that a model foretells, whatever the others do',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    const found: Found = { misjudged: [], lost: [], wrong: [], twice: [] };
    const began = performance.now();
    let seeds = 0;
    while (seeds < (trial.isShort ? 1 : SEEDS) && performance.now() - began < trial.budget) {
      const random = new Random(trial.seed + seeds);
      // Odd rounds let Telar choose the chunks, where items may run again after a death.
      await tryShape(trial, random, chooseShape(trial, random, seeds), found);
      seeds++;
    }
    const { figures } = trial;
    figures.atLeast(`seeds tried, of ${SEEDS}; more with --minutes`, seeds, 1);
    figures.none('items misjudged', found.misjudged);
    figures.none('items lost', found.lost);
    figures.none('wrong values', found.wrong);
    figures.none('items run beyond their retries, with chunkSize 1', found.twice);
  },
};

interface Found {
  readonly misjudged: string[];
  readonly lost: string[];
  readonly wrong: string[];
  readonly twice: string[];
}

function chooseShape({ isShort }: Trial, random: Random, round: number): Shape {
  const common = { chunkSize: round % 2 === 0 ? 1 : undefined, retries: random.below(3) };
  if (isShort) return { items: 200, faults: 18, workers: 2, ...common };
  return { items: 3000, faults: 300, workers: random.pick([2, 5, 13]), ...common };
}

async function tryShape(trial: Trial, random: Random, shape: Shape, found: Found): Promise<void> {
  const folder = await makeFolder('chaos');
  const record = `${folder}/starts`;
  const name = `seed ${trial.seed}, ${shape.workers} workers, ${shape.retries} retries, chunks ${shape.chunkSize ?? 'any'}`;
  try {
    const items = writeScript(random, shape.items, shape.faults, record);
    const { workers, retries, chunkSize } = shape;
    const pool = { workers, grace: 10, resourceLimits: { maxOldGenerationSizeMb: 32 } };
    const outcomes = await trial.withPool(pool, (open) =>
      trial.settled<FaultyItem, unknown>(items, misbehave, {
        pool: open,
        timeout: TIMEOUT,
        retries,
        chunkSize,
      }),
    );
    const starts = readStarts(record);
    for (const item of items)
      judgeItem(trial, item, outcomes[item.id], starts.get(item.id) ?? 0, shape, name, found);
    const extra = outcomes.length - items.length;
    if (extra > 0) trial.score.duplicated += extra;
  } finally {
    await removeFolder(folder);
  }
}

function judgeItem(
  { score }: Trial,
  item: FaultyItem,
  outcome: Settled<unknown> | undefined,
  starts: number,
  { retries, chunkSize }: Shape,
  name: string,
  found: Found,
): void {
  if (outcome === undefined || outcome.index !== item.id) {
    score.lost++;
    found.lost.push(`${name}: item ${item.id}`);
    return;
  }
  const problem = findMisjudged(item, outcome, retries);
  if (problem !== undefined) found.misjudged.push(`${name}: ${problem}`);
  const isWrong = isWrongValue(item, outcome);
  if (isWrong) found.wrong.push(`${name}: item ${item.id}`);
  if (problem !== undefined || isWrong) score.unexpected++;
  else if (item.fault !== undefined && outcome.status === 'fulfilled') score.recovered++;
  if (chunkSize !== 1 || starts === outcome.attempts) return;
  score.duplicated++;
  found.twice.push(
    `${name}: item ${item.id} (${item.fault ?? 'healthy'}) ran ${starts} times in ${outcome.attempts} attempts`,
  );
}
