import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { census } from '../../census.ts';
import { judgeFlat } from './flat.ts';
import type { Sample } from './sample.ts';
import { soak } from './soak.ts';
import { sample as choose } from '../../harness/long.ts';
import { seedOf } from '../../harness/random.ts';

census();

const sample: Sample = { rss: 100, heap: 10, handles: 4, files: 20, listeners: 2, threads: 2, children: 2 };
const samples = (change: (at: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 50 }, (_, at) => ({ ...sample, ...change(at) }));
const listRising = (all: readonly Sample[]): string[] =>
  judgeFlat(all)
    .filter(({ isFlat }) => !isFlat)
    .map(({ what }) => what);

const TURNS: number = choose(1, 2);

describe('the soak', () => {
  it('runs turns on pools that stay open, each as a plain loop, and leaves nothing', async () => {
    const { samples: taken, differences } = await soak({
      seed: seedOf(20_261),
      goesOn: (turns) => turns < TURNS,
      onTurn: () => {},
    });
    assert.deepEqual(differences, []);
    assert.equal(taken.length, TURNS);
    assert.ok(taken.every(({ rss, heap }) => rss > heap && heap > 0));
  });

  it('finds what grows, and nothing else', () => {
    assert.deepEqual(listRising(samples(() => ({}))), []);
    // Loading, and the unrest of memory.
    assert.deepEqual(
      listRising(samples((at) => ({ rss: Math.min(50 + at * 10, 100) + (at % 5), heap: 10 + (at % 2) }))),
      [],
    );
    assert.deepEqual(listRising(samples((at) => ({ rss: 100 + at }))), ['rss']);
    assert.deepEqual(listRising(samples((at) => ({ heap: 10 + at / 10 }))), ['heap']);
    assert.deepEqual(listRising(samples((at) => ({ handles: at < 42 ? 4 : 5 }))), ['handles']);
  });
});
