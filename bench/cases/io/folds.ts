import { makeSales } from '../../io/inputs/sales.ts';
import type { Question } from '../../io/folds/result.ts';
import type { Case } from '../case.ts';
import { measureConversion } from './conversion.ts';
import { listEngines } from './engines.ts';

const MB = 1_000_000;
const LIMIT = 'by hand';

function defineFold(name: string, asked: Question, question: string): Case {
  return {
    name,
    group: 'aggregate',
    question,
    hasEngines: true,
    measure: (settings) =>
      measureConversion(settings, {
        makeInput: makeSales,
        bytes: { tiny: MB, quick: 30 * MB, full: 150 * MB },
        contenders: [
          {
            name: 'by hand, one thread',
            role: 'loop',
            program: { file: 'folds/by-hand.js', args: [asked, '1'] },
          },
          { name: LIMIT, role: 'limit', program: { file: 'folds/by-hand.js', args: [asked] } },
          { name: 'telar', role: 'telar', program: { file: 'folds/telar.js', args: [asked] } },
          ...listEngines(asked),
        ],
        figures: ({ ratio }) => [{ id: `${name}.cpu`, value: ratio('telar', LIMIT, 'cpu') }],
      }),
  };
}

export const foldedCities: Case = defineFold(
  'fold-few',
  'cities',
  'Sums by 500 keys, of two fields of seven: what does it take that nobody asks for the others?',
);
export const foldedPeople: Case = defineFold(
  'fold-many',
  'people',
  'Sums by 300,000 keys: what do keys take that come from all workers?',
);
export const foldedTop: Case = defineFold('fold-top', 'top', 'The 100 rows with the largest amount.');
export const foldedDistinct: Case = defineFold(
  'fold-distinct',
  'distinct',
  'How many of 300,000 keys are there, in rows of which each key has eight?',
);
