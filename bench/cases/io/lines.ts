import { makeLog } from '../../io/inputs/log.ts';
import type { Kind } from '../../io/lines/work.ts';
import type { Case } from '../case.ts';
import { measureConversion } from './conversion.ts';

const MB = 1_000_000;
const LIMIT = 'by hand';

function defineLines(name: string, kind: Kind, question: string): Case {
  return {
    name,
    group: 'lines',
    isExtra: true,
    question,
    measure: (settings) =>
      measureConversion(settings, {
        makeInput: makeLog,
        bytes: { tiny: MB, quick: 30 * MB, full: 200 * MB },
        contenders: [
          {
            name: 'block loop, one thread',
            role: 'loop',
            program: { file: 'lines/block-loop.js', args: [kind] },
          },
          { name: LIMIT, role: 'limit', program: { file: 'lines/by-hand.js', args: [kind] } },
          { name: 'telar', role: 'telar', program: { file: 'lines/telar.js', args: [kind] } },
        ],
        figures: ({ ratio }) => [{ id: `${name}.ratio`, value: ratio('telar', LIMIT, 'time') }],
      }),
  };
}

export const linesEach: Case = defineLines(
  'lines-each',
  'each',
  'A log, read as lines that become other lines: what does the way of a record take?',
);
export const linesSkipped: Case = defineLines(
  'lines-skip',
  'skip',
  'A log in NDJSON, of which most records are skipped.',
);
export const linesHalved: Case = defineLines(
  'lines-generator',
  'generator',
  'A log in NDJSON, of each record several: what does it take that a task is a generator?',
);
