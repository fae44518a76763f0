import { runProgram } from '../../harness/run-program.ts';
import { spreadOf, spreadOfPairs } from '../../harness/statistics.ts';
import type { IntoTime } from '../../programs/into.ts';
import type { Answer, Case, Settings } from '../case.ts';

const ROUNDS = { tiny: 1, quick: 3, full: 7 } as const;
const LENGTHS = { tiny: 10_000, quick: 20_000_000, full: 100_000_000 } as const;
const SORTED = { tiny: 50_000, quick: 5_000_000, full: 20_000_000 } as const;

const QUESTIONS: Readonly<Record<string, string>> = {
  waves: 'sin(x) * exp(-x)',
  line: 'x * 2 + 1',
  sort: 'sort',
};

export const into: Case = {
  name: 'into',
  group: 'memory',
  question: 'Millions of floats in shared memory: how much faster are they mapped and sorted on two cores?',
  measure,
};

async function measure({ size, rounds = ROUNDS[size] }: Settings): Promise<Answer> {
  const args = [LENGTHS[size], SORTED[size], rounds].map(String);
  const { found } = (await runProgram<{ found: readonly IntoTime[] }>('into', ...args)).said;
  const find = (question: string, contender: string): IntoTime => {
    const own = found.filter((one) => one.question === question);
    return (own.find((one) => one.contender === contender) ?? own[0]) as IntoTime;
  };
  const ratio = (
    one: IntoTime,
    other: IntoTime,
    of: 'times' | 'cpu' = 'times',
  ): ReturnType<typeof spreadOfPairs> => spreadOfPairs(one[of], other[of], (own, peer) => own / peer);
  const loop = (question: string): IntoTime => find(question, 'plain loop');
  return {
    head: ['what', 'contender', 'ms', '× as fast as the loop', 'lowest – highest', 'CPU × loop'],
    rows: found.map((one) => {
      const faster = ratio(loop(one.question), one);
      return [
        QUESTIONS[one.question] ?? one.question,
        one.contender,
        spreadOf(one.times).median.toFixed(0),
        faster.median.toFixed(2),
        `${faster.low.toFixed(2)} – ${faster.high.toFixed(2)}`,
        ratio(one, loop(one.question), 'cpu').median.toFixed(2),
      ];
    }),
    notes: [`${LENGTHS[size]} elements, ${SORTED[size]} to sort; medians of ${rounds} rounds, in turns`],
    figures: [
      { id: 'into.waves', value: ratio(loop('waves'), find('waves', 'telar')).median },
      { id: 'into.line', value: ratio(find('line', 'telar'), find('line', 'by hand')).median },
      { id: 'into.sort', value: ratio(loop('sort'), find('sort', 'telar')).median },
    ],
  };
}
