import { makeLog } from '../../io/inputs/log.ts';
import { makeTable } from '../../io/inputs/table.ts';
import { inPython, isInstalled } from '../../io/run-contender.ts';
import type { Case } from '../case.ts';
import { measureConversion } from './conversion.ts';

const MB = 1_000_000;
const LIMIT = 'by hand';
const LOOP = 'block loop, one thread';

export const ndjsonFile: Case = {
  name: 'ndjson',
  group: 'io',
  question: 'A log in NDJSON: parse, drop some, add fields, write. How fast, at what cost, and what is held?',
  measure: (settings) =>
    measureConversion(settings, {
      makeInput: makeLog,
      bytes: { tiny: MB, quick: 60 * MB, full: 500 * MB },
      hasManyPeers: true,
      contenders: [
        { name: LOOP, role: 'loop', program: { file: 'ndjson/block-loop.js' } },
        { name: LIMIT, role: 'limit', program: { file: 'ndjson/by-hand.js' } },
        { name: 'telar', role: 'telar', program: { file: 'ndjson/telar.js' } },
        { name: 'readline loop', role: 'peer', program: { file: 'ndjson/readline-loop.js' } },
        {
          name: 'piscina, arrays of lines',
          role: 'peer',
          program: { file: 'ndjson/piscina.js', args: ['lines'] },
        },
        {
          name: 'piscina, joined text',
          role: 'peer',
          program: { file: 'ndjson/piscina.js', args: ['text'] },
        },
        {
          name: 'GNU parallel and Node',
          role: 'peer',
          missing: isInstalled('parallel') ? undefined : 'left out: GNU parallel is not installed',
          program: { file: 'ndjson/parallel.js' },
        },
        {
          name: 'Python, ProcessPoolExecutor',
          role: 'peer',
          missing: isInstalled('python3') ? undefined : 'left out: python3 is not installed',
          program: inPython('ndjson'),
        },
      ],
      figures: ({ ratio, median }) => [
        { id: 'ndjson.ratio', value: ratio('telar', LIMIT, 'time') },
        { id: 'ndjson.cpu', value: ratio('telar', LOOP, 'cpu') },
        { id: 'ndjson.peak', value: median('telar', 'peak') / MB },
      ],
    }),
};

export const csvFile: Case = {
  name: 'csv',
  group: 'io',
  question: 'A table in CSV to NDJSON: how fast?',
  measure: (settings) =>
    measureConversion(settings, {
      makeInput: makeTable,
      bytes: { tiny: MB, quick: 30 * MB, full: 200 * MB },
      hasManyPeers: true,
      contenders: [
        { name: LOOP, role: 'loop', program: { file: 'csv/block-loop.js' } },
        { name: LIMIT, role: 'limit', program: { file: 'csv/by-hand.js' } },
        { name: 'telar', role: 'telar', program: { file: 'csv/telar.js' } },
        { name: 'papaparse', role: 'peer', program: { file: 'csv/papaparse.js' } },
        { name: 'csv-parse', role: 'peer', program: { file: 'csv/csv-parse.js' } },
      ],
      figures: ({ ratio }) => [
        { id: 'csv.ratio', value: ratio('telar', LIMIT, 'time') },
        { id: 'csv.papaparse', value: ratio('papaparse', 'telar', 'time') },
        { id: 'csv.csv-parse', value: ratio('csv-parse', 'telar', 'time') },
      ],
    }),
};
