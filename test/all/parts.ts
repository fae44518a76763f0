import { resolveTestRun } from '../harness/command.ts';
import { listLongTestFiles, listTestFiles } from '../harness/files.ts';

/** One part of the longer tests, which can be run by its name. */
export interface Part {
  readonly name: string;
  /** Describes what the part does that `npm test` does not. */
  readonly says: string;
  readonly command: readonly [string, ...string[]];
  /** Environment of the part's processes, beside TELAR_LONG. */
  readonly env: Readonly<Record<string, string>>;
}

/** A test that does not end within this time, in ms, hangs: in full some take minutes. */
const PATIENCE = 30 * 60_000;

/** `npm test` runs 80 of them. */
const PROGRAMS = '4000';

/** Files of `npm test` that do more here: all that `sample()` of `test/harness/long.ts` leaves out there. */
const inFull: readonly { name: string; says: string; files: readonly string[]; env?: Part['env'] }[] = [
  {
    name: 'bench',
    says: 'every case of the bench at its smallest size',
    files: ['test/bench/cases.'],
  },
  {
    name: 'pages',
    says: 'every example of the pages in docs/',
    files: ['test/readme.'],
  },
  {
    name: 'chaos',
    says: 'the scenarios of chaos over several seeds, and turns of the soak',
    files: ['test/chaos/chaos.', 'test/chaos/soak/'],
  },
  {
    name: 'kills',
    says: 'programs with a journal, killed 100 times each',
    files: [
      'test/pipeline/journal/kill.',
      'test/parallel-map/journal-damage.',
      'test/io/postgres/journal.',
      'test/io/tail/journal.',
    ],
    env: { TELAR_KILLS: '100' },
  },
  {
    name: 'struck',
    says: 'calls of every form whose workers are ended, or stopped, from outside in 200 programs',
    files: ['test/killed/'],
  },
  {
    name: 'processes',
    says: 'every way to bring a process down, or to stop it, and workers that wear out, in chunks of every size',
    files: [
      'test/calls/failures.',
      'test/processes/failure.',
      'test/processes/suspended.',
      'test/parallel-map/recycling.',
      'test/flow/pool/loading.',
    ],
  },
  {
    name: 'hostile',
    says: 'every task that breaks its worker, in processes as well',
    files: [
      'test/ends/hostile.',
      'test/ends/hostile-objects.',
      'test/ends/hostile-pipelines.',
      'test/ends/left-behind.',
      'test/ends/loading.',
    ],
  },
  {
    name: 'leaks',
    says: '100,000 calls of a spawned object, and 1,000 objects',
    files: ['test/spawn/leaks.'],
  },
  {
    name: 'held-up',
    says: 'every form of call with threads held up, over 12 seeds',
    files: ['test/held-up/calls.'],
  },
  {
    name: 'cluster',
    says: 'a cluster whose nodes, network and brokers fail in every way, named runs and pipelines',
    files: [
      'test/cluster/calls/',
      'test/cluster/channels.',
      'test/cluster/chaos/',
      'test/cluster/errors/',
      'test/cluster/named/',
      'test/cluster/operate.',
      'test/cluster/pipelines.',
      'test/cluster/store/',
    ],
  },
  {
    name: 'postgres',
    says: 'connections cut behind up to half a million bytes, and values of each type in five time zones',
    files: [
      'test/io/postgres/connections.',
      'test/io/postgres/postgres.',
      'test/io/postgres/rows.',
      'test/io/postgres/values.',
    ],
  },
  {
    name: 'properties',
    says: 'what holds for random values, for ten times as many, and others each time',
    files: [
      'test/bytes/blocks.',
      'test/bytes/cut.',
      'test/bytes/encode.',
      'test/bytes/sinks.',
      'test/bytes/csv.',
      'test/bytes/sources.',
      'test/flow/outcome/',
      'test/into/parallel-sort.',
      'test/io/http/bodies.',
      'test/io/http/link-header.',
      'test/io/tail/line-splitter.',
      'test/limiter/limiter.',
      'test/memory/channel-random.',
      'test/memory/mutex-random.',
      'test/memory/share.',
      'test/pipeline/folds.',
      'test/pipeline/rows/',
      'test/pipeline/slow-records.',
      'test/pipeline/spill/',
      'test/pipeline/straight-records.',
      'test/task/properties.',
      'test/wire/',
      'test/workers/straight-rows.',
    ],
  },
  {
    name: 'fuzz',
    says: '100,000 random CSV files, 50,000 of lines and NDJSON, 5,000 of compressed frames, against other parsers',
    files: ['test/bytes/fuzz/'],
  },
  {
    name: 'package',
    says: 'a project that installs the package by npm, also with the oldest TypeScript; who can import its types; a bundle with all entries inside',
    files: ['test/package/bundled.', 'test/package/consumers.'],
  },
  {
    name: 'more',
    says: 'further calls, signals and workers than there is time for otherwise',
    files: [
      'test/async-context/',
      'test/examples/',
      'test/flow/failure/recovery.',
      'test/flow/pool/pool.',
      'test/parallel-map/output.',
      'test/scripts/usage.',
      'test/pipeline/journal/resume.',
      'test/pipeline/signals.',
      'test/starts/flags.',
      'test/starts/preloads.',
      'test/task/conformance.',
      'test/task/contexts.',
    ],
  },
  {
    name: 'damage',
    says: 'journals cut at each of their last bytes, and with flipped bits',
    files: ['test/pipeline/journal/damage.', 'test/journal/journal.'],
  },
];

/** All parts, in order: the files in full, then each file that runs nowhere else, by its path. */
export function listParts(): Part[] {
  return [
    ...inFull.map(({ name, says, files, env = {} }) => ({
      name,
      says,
      command: resolveTestRun(files.flatMap(findFiles), { patience: PATIENCE }),
      env,
    })),
    {
      name: 'model',
      says: `${PROGRAMS} random programs against a plain loop, half of them with threads held up`,
      command: [process.execPath, 'dist/test/model/run.js', '--programs', PROGRAMS],
      env: {},
    },
    {
      name: 'matrix',
      says: 'closures built and run in a third of the ways of `npm run matrix`',
      command: [process.execPath, 'dist/test/matrix/run.js', '--quick'],
      env: {},
    },
    ...listLongTestFiles().map((file) => ({
      name: file.replace(/^dist\/test\/|\.long\.test\.js$/g, ''),
      says: `all of ${file.replace(/^dist\/|\.js$/g, '')}.ts`,
      command: resolveTestRun([file], { patience: PATIENCE }),
      env: {},
    })),
  ];
}

function findFiles(part: string): string[] {
  const files = listTestFiles(part);
  if (files.length === 0) throw new Error(`No test file has "${part}" in its path.`);
  return files;
}
