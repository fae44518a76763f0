import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease, RunStore } from '../../../../src/cluster/store/store.ts';
import { sample } from '../../../harness/long.ts';
import { type Bench, chunk, KEEP } from './bench.ts';
import { ModelStore } from './model.ts';

/** One run in one store, whose numbers are its own. */
interface World {
  readonly runs: RunStore;
  readonly run: string;
  /** Number of the chunk that others are counted from. */
  readonly base: number;
  /** Epoch of the caller before, and of the one that holds the run. */
  readonly epochs: { readonly old: number; readonly now: number };
}

/** A step, whose answer says nothing of how a store counts. */
interface Step {
  readonly name: string;
  /** Chunk that the step is about; `undefined` when it is about the run. */
  readonly about: number | undefined;
  do(world: World): Promise<unknown>;
}

/** Chunk 0 is begun and has a part, 1 has outcomes, 2 was never there. */
const CHUNKS = [0, 1, 2];

const holders = ['old', 'now'] as const;

function leaseOf({ epochs }: World, holder: 'old' | 'now'): Lease {
  return { epoch: epochs[holder], caller: 'a', keep: KEEP };
}

/** Chunks of both stores are equal, whatever their numbers. */
function newChunk({ base }: World, about: number, input: string): ReturnType<typeof chunk> {
  return { ...chunk(base + about, input), meta: `"meta ${about}"` };
}

async function openAs(world: World, caller: string, head: string): Promise<unknown> {
  const { runs, run, base, epochs } = world;
  const opened = await runs.open(run, { caller, head, keep: KEEP });
  if (opened.kind !== 'opened') return opened;
  assert.ok(opened.epoch > epochs.now);
  const committed = CHUNKS.map((about) => opened.committed.get(base + about));
  // A run of the same name, behind one that was ended, counts from elsewhere.
  return {
    committed,
    size: opened.committed.size,
    next: opened.next < base + 10 ? opened.next - base : 'other',
  };
}

const steps: readonly Step[] = [
  ...CHUNKS.flatMap((about): Step[] => [
    { about, name: `begin ${about}`, do: async ({ runs, run, base }) => await runs.begin(run, base + about) },
    {
      about,
      name: `note ${about}`,
      do: async ({ runs, run, base }) => await runs.note(run, base + about, Buffer.from('noted')),
    },
    {
      about,
      name: `release ${about}`,
      do: async ({ runs, run, base }) => await runs.release(run, base + about),
    },
    {
      about,
      name: `commit ${about}`,
      do: async ({ runs, run, base }) => await runs.commit(run, base + about, Buffer.from('committed')),
    },
    { about, name: `drop ${about}`, do: async ({ runs, run, base }) => await runs.drop(run, [base + about]) },
  ]),
  ...holders.flatMap((holder): Step[] => [
    {
      about: undefined,
      name: `renew, ${holder}`,
      do: async (world) => await world.runs.renew(world.run, leaseOf(world, holder)),
    },
    {
      about: undefined,
      name: `put, ${holder}`,
      do: async (world) =>
        await world.runs.put(
          world.run,
          leaseOf(world, holder),
          CHUNKS.map((about) => newChunk(world, about, 'put again')),
        ),
    },
    {
      about: undefined,
      name: `leave, ${holder}`,
      do: async ({ runs, run, epochs }) => await runs.leave(run, epochs[holder]),
    },
    {
      about: undefined,
      name: `end, ${holder}`,
      do: async ({ runs, run, epochs }) => await runs.end(run, epochs[holder]),
    },
  ]),
  { about: undefined, name: 'open', do: async (world) => await openAs(world, 'a', 'head') },
  { about: undefined, name: 'open as another', do: async (world) => await openAs(world, 'b', 'head') },
  { about: undefined, name: 'open another', do: async (world) => await openAs(world, 'a', 'other head') },
];

async function setUp(runs: RunStore, run: string): Promise<World> {
  const open = async (): Promise<{ epoch: number; next: number }> => {
    const opened = await runs.open(run, { caller: 'a', head: 'head', keep: KEEP });
    assert.equal(opened.kind, 'opened');
    return opened;
  };
  const [before, now] = [await open(), await open()];
  const world = { runs, run, base: now.next, epochs: { old: before.epoch, now: now.epoch } };
  await runs.put(run, leaseOf(world, 'now'), [newChunk(world, 0, 'first'), newChunk(world, 1, 'second')]);
  await Promise.all([runs.begin(run, world.base), runs.commit(run, world.base + 1, Buffer.from('done'))]);
  await runs.note(run, world.base, Buffer.from('part'));
  return world;
}

/** Returns all that can be seen of a run. */
async function observe(world: World): Promise<unknown> {
  const { runs, run, base } = world;
  const numbers = CHUNKS.map((about) => base + about);
  const found = await runs.findOutstanding(run, numbers);
  const outstanding = CHUNKS.filter((about) => found.has(base + about));
  const outputs = await runs.take(run, numbers);
  const taken = CHUNKS.map((about) => outputs.get(base + about)?.toString());
  const state = await runs.renew(run, leaseOf(world, 'now'));
  const begun = await Promise.all(outstanding.map((about) => runs.begin(run, base + about)));
  return { outstanding, taken, state, begun };
}

async function tryPair(runs: RunStore, run: string, pair: readonly Step[]): Promise<unknown> {
  const world = await setUp(runs, run);
  const answers: unknown[] = [];
  // oxlint-disable-next-line no-await-in-loop -- the order is what is tried.
  for (const step of pair) answers.push(await step.do(world));
  return { answers, left: await observe(world) };
}

/** Tests each pair of steps in both orders, but for those of different chunks, against `ModelStore`. */
export function testPairs(bench: Bench): void {
  test('any two steps in any order do what they are to do', async () => {
    const pairs = steps.flatMap((first) =>
      steps
        .filter(({ about }) => about === first.about || about === undefined || first.about === undefined)
        .map((second) => [first, second]),
    );
    assert.ok(pairs.length > 400);
    const model = new ModelStore();
    // In `npm test` a third of them: each step comes first, and second, many times.
    const waiting = pairs.filter((_, at) => at % sample(3, 1) === 0);
    const work = async (): Promise<void> => {
      for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
        const run = bench.newRun();
        const names = pair.map(({ name }) => name).join(', then ');
        // oxlint-disable-next-line no-await-in-loop -- several of these loops run at once.
        assert.deepEqual(await tryPair(bench.broker.runs, run, pair), await tryPair(model, run, pair), names);
      }
    };
    await Promise.all(Array.from({ length: 16 }, work));
  });
}
