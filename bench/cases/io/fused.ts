import { parallelMap, pipeline } from '../../../src/index.ts';
import { spreadOf, spreadOfPairs } from '../../harness/statistics.ts';
import { makeWide, score, tag, trim, type Wide } from '../../io/fused/stages.ts';
import type { Answer, Case, Settings } from '../case.ts';

const ROUNDS = 7;
const COUNT = 20_000;

export const fused: Case = {
  name: 'fused',
  group: 'io',
  question: 'Three short stages on objects of 1 KB: what do two trips less bring?',
  measure,
};

async function measure({ rounds = ROUNDS }: Settings): Promise<Answer> {
  const items = Array.from({ length: COUNT }, (_, id) => makeWide(id));
  const contenders: Readonly<Record<string, () => Promise<readonly Wide[]>>> = {
    'three trips': async () => parallelMap(await parallelMap(await parallelMap(items, trim), score), tag),
    'three trips, streaming': () =>
      pipeline(items).cpu(trim).tap(nothing).cpu(score).tap(nothing).cpu(tag).toArray(),
    'one trip (fused)': () => pipeline(items).cpu(trim).cpu(score).cpu(tag).toArray(),
    'one trip, counted there': async () => {
      const count = await pipeline(items).cpu(trim).cpu(score).cpu(tag).count();
      return items.slice(0, count);
    },
  };
  const times: Record<string, number[]> = {};
  const expected = JSON.stringify(items.slice(0, 50).map((item) => tag(score(trim(item)))));
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const began = performance.now();
      const results = await run();
      const time = performance.now() - began;
      if (results.length !== COUNT) throw new Error(`${name} lost items.`);
      if (!name.endsWith('there') && JSON.stringify(results.slice(0, 50)) !== expected)
        throw new Error(`${name} differs.`);
      // The first round starts the workers.
      if (round >= 0) (times[name] ??= []).push(time);
    }
  }
  const ratio = (name: string): number =>
    spreadOfPairs(times['three trips'] ?? [], times[name] ?? [], (trips, one) => trips / one).median;
  return {
    head: ['contender', 'ms', 'times as fast as three trips'],
    rows: Object.keys(contenders).map((name) => [
      name,
      spreadOf(times[name] ?? []).median.toFixed(0),
      ratio(name).toFixed(2),
    ]),
    notes: [`${COUNT} objects, ${rounds} rounds in turn`],
    figures: [{ id: 'fused.ratio', value: ratio('one trip (fused)') }],
  };
}

function nothing(): void {}
