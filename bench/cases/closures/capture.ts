import { runProgram } from '../../harness/run-program.ts';
import type { CaptureFigure } from '../../programs/capture.ts';
import { formatNumber } from '../../report/table.ts';
import type { Answer, Case, Settings } from '../case.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  'capture.first': 'the first closure of a process, on the main thread',
  'capture.later': 'a later one, with ten captured variables',
  'capture.call': 'a whole call with two items on a warm pool, with such a closure',
  'capture.hot': 'how much longer the revived function takes than the original',
  'capture.repassed': 'the same for a closure that is passed anew each time',
  'capture.memory': 'what ten thousand captures of 10 kB leave in memory',
  'capture.shared': 'what eight workers take for a captured array of 100 MB in shared memory',
};

export const capture: Case = {
  name: 'capture',
  group: 'closures',
  question: 'What does it cost to take a closure with the variables that it uses?',
  measure,
};

async function measure({ size }: Settings): Promise<Answer> {
  const { said } = await runProgram<{ figures: readonly CaptureFigure[] }>('capture', size);
  return {
    head: ['what', 'median', 'middle half within', 'unit'],
    rows: said.figures.map(({ id, value, spread, unit }) => [
      MEANINGS[id] ?? id,
      formatNumber(value),
      formatNumber(spread),
      unit,
    ]),
    notes: ['a process of its own; main-thread time where it is in ms'],
    figures: [],
  };
}
