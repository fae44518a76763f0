import { runProgram } from '../../harness/run-program.ts';
import type { Cost } from '../../programs/memory-costs.ts';
import { formatNumber } from '../../report/table.ts';
import type { Answer, Case, Settings } from '../case.ts';

const TIMES = { tiny: 1000, quick: 1_000_000, full: 1_000_000 } as const;

export const costs: Case = {
  name: 'costs',
  group: 'memory',
  question:
    'What does it cost to read what is shared, to lock, to count, and to send a value to another thread?',
  measure,
};

async function measure({ size }: Settings): Promise<Answer> {
  const { said } = await runProgram<{ costs: readonly Cost[] }>('memory-costs', String(TIMES[size]));
  return {
    head: ['what', 'ns', 'lowest – highest'],
    rows: said.costs.map(({ what, median, low, high }) => [
      what,
      formatNumber(median),
      `${formatNumber(low)} – ${formatNumber(high)}`,
    ]),
    notes: [`a million words, rows or elements; look-ups of which half are found`],
    figures: [],
  };
}
