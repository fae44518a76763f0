import { makeCustomers } from '../../io/inputs/customers.ts';
import { makeSales } from '../../io/inputs/sales.ts';
import type { Transform } from '../../io/transform/question.ts';
import type { Case } from '../case.ts';
import { measureConversion } from './conversion.ts';
import { listEngines } from './engines.ts';

const MB = 1_000_000;
const LIMIT = 'by hand';

function defineTransform(name: string, asked: Transform, question: string): Case {
  return {
    name,
    group: 'transform',
    question,
    hasEngines: true,
    isExtra: true,
    measure: async (settings) => {
      const customers = await makeCustomers();
      return measureConversion(settings, {
        makeInput: makeSales,
        bytes: { tiny: MB, quick: 38 * MB, full: 150 * MB },
        contenders: [
          {
            name: 'by hand, one thread',
            role: 'loop',
            program: { file: 'transform/by-hand.js', args: [asked, customers, '1'] },
          },
          { name: LIMIT, role: 'limit', program: { file: 'transform/by-hand.js', args: [asked, customers] } },
          { name: 'telar', role: 'telar', program: { file: 'transform/telar.js', args: [asked, customers] } },
          ...listEngines(asked, customers),
        ],
        figures: () => [],
      });
    },
  };
}

export const filtered: Case = defineTransform(
  'rows-filter',
  'filter',
  'One row of sixteen of a table, three fields of each, written in their order.',
);
export const joined: Case = defineTransform(
  'rows-join',
  'join',
  'Sums by 40 segments, which another table of 300,000 rows has for each person.',
);
export const ownFunction: Case = defineTransform(
  'rows-own',
  'own',
  'A function in JavaScript of 1 µs over two fields of each row, written in their order.',
);
