import { rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as pipe } from 'node:stream/promises';
import { spreadOf, spreadOfPairs } from '../../harness/statistics.ts';
import { makeLog } from '../../io/inputs/log.ts';
import { makeTable } from '../../io/inputs/table.ts';
import type { WorkEnd } from '../../io/run-work.ts';
import { runContender } from '../../io/run-contender.ts';
import type { Answer, Case, Settings } from '../case.ts';

const ROUNDS = 3;

/** A file that is turned into another. */
interface Conversion {
  readonly makeInput: (bytes: number) => Promise<string>;
  readonly bytes: number;
  /** Contenders by name, with the program of each below `bench/io/`. The first is the limit, the second Telar. */
  readonly programs: Readonly<Record<string, readonly [file: string, ...args: string[]]>>;
  readonly figures: (find: Find) => Answer['figures'];
}

/** The median ratio of one measure of two contenders, and the median of one. */
interface Find {
  readonly ratio: (some: string, other: string, measure: 'time' | 'cpu') => number;
  readonly median: (name: string, measure: keyof WorkEnd) => number;
}

const MB = 1_000_000;
const LIMIT = 'worker_threads by hand';
const LOOP = 'block loop, one thread';

export const ndjsonFile: Case = {
  name: 'ndjson',
  group: 'io',
  question: 'A log in NDJSON: parse, drop some, add fields, write. How fast, at what cost, and what is held?',
  measure: (settings) =>
    measureConversion(settings, {
      makeInput: makeLog,
      bytes: 500 * MB,
      programs: {
        [LIMIT]: ['ndjson/by-hand.js'],
        telar: ['ndjson/telar.js'],
        [LOOP]: ['ndjson/block-loop.js'],
        'readline loop': ['ndjson/readline-loop.js'],
        'piscina, arrays of lines': ['ndjson/piscina.js', 'lines'],
        'piscina, joined text': ['ndjson/piscina.js', 'text'],
      },
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
      bytes: 200 * MB,
      programs: {
        [LIMIT]: ['csv/by-hand.js'],
        telar: ['csv/telar.js'],
        papaparse: ['csv/papaparse.js'],
        'csv-parse': ['csv/csv-parse.js'],
      },
      figures: ({ ratio }) => [
        { id: 'csv.ratio', value: ratio('telar', LIMIT, 'time') },
        { id: 'csv.papaparse', value: ratio('papaparse', 'telar', 'time') },
        { id: 'csv.csv-parse', value: ratio('csv-parse', 'telar', 'time') },
      ],
    }),
};

async function measureConversion({ rounds = ROUNDS }: Settings, conversion: Conversion): Promise<Answer> {
  const input = await conversion.makeInput(conversion.bytes);
  const names = Object.keys(conversion.programs);
  const ends: Record<string, WorkEnd[]> = {};
  let expected: string | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const [file, ...args] = conversion.programs[name] as readonly [string, ...string[]];
      const output = join(tmpdir(), `telar-bench-${process.pid}.out`);
      try {
        const end = await runContender<WorkEnd>({ file, args: [input, output, ...args] });
        (ends[name] ??= []).push(end);
        if (round > 0) continue;
        const hash = await hashFile(output);
        expected ??= hash;
        if (hash !== expected) throw new Error(`${name} wrote another file than ${names[0]}.`);
      } finally {
        await rm(output, { force: true });
      }
    }
  }
  const pick = (name: string, measure: keyof WorkEnd): number[] =>
    (ends[name] ?? []).map((end) => end[measure]);
  const find: Find = {
    ratio: (some, other, measure) =>
      spreadOfPairs(pick(some, measure), pick(other, measure), (one, another) => one / another).median,
    median: (name, measure) => spreadOf(pick(name, measure)).median,
  };
  return {
    head: ['contender', 'MB/s', '× limit', 'lowest – highest', 'CPU s', 'peak MB'],
    rows: names.map((name) => {
      const ratios = spreadOfPairs(
        pick(name, 'time'),
        pick(names[0] as string, 'time'),
        (one, other) => one / other,
      );
      return [
        name,
        (conversion.bytes / 1000 / find.median(name, 'time')).toFixed(0),
        ratios.median.toFixed(2),
        `${ratios.low.toFixed(2)} – ${ratios.high.toFixed(2)}`,
        (find.median(name, 'cpu') / 1000).toFixed(2),
        (find.median(name, 'peak') / MB).toFixed(0),
      ];
    }),
    notes: [`${conversion.bytes / MB} MB, ${rounds} fresh processes each, in turn; all write the same bytes`],
    figures: conversion.figures(find),
  };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha1');
  await pipe(createReadStream(path), hash);
  return hash.digest('hex');
}
