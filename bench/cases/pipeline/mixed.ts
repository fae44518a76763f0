import { cpuTime } from '../../harness/cpu-time.ts';
import { spreadOf, spreadOfPairs } from '../../harness/statistics.ts';
import { openServer } from '../../io/mixed/open-server.ts';
import type { MixedEnd } from '../../io/mixed/run-mixed.ts';
import { sumText } from '../../io/mixed/work.ts';
import { inPython, isInstalled, type Program, runContender } from '../../io/run-contender.ts';
import { cores } from '../../report/machine.ts';
import type { Measured, Role } from '../../report/measured.ts';
import type { Answer, Case, Settings } from '../case.ts';

const ROUNDS = { tiny: 1, quick: 3, full: 5 } as const;
const REQUESTS = { tiny: 40, quick: 1000, full: 2000 } as const;
const PENDING = 64;
const LATENCY = 50;

interface Mixed {
  readonly name: string;
  readonly role: Role;
  readonly program: Program;
  /** The part of the requests that it is given. */
  readonly share?: number;
}

const CONTENDERS: readonly Mixed[] = [
  { name: 'one by one (1/20)', role: 'loop', program: { file: 'mixed/loop.js' }, share: 1 / 20 },
  { name: 'telar', role: 'telar', program: { file: 'mixed/telar.js' } },
  { name: 'undici and piscina by hand', role: 'peer', program: { file: 'mixed/piscina.js' } },
  { name: 'p-map, fetch and piscina', role: 'peer', program: { file: 'mixed/p-map.js' } },
  { name: 'Readable.map, undici and piscina', role: 'peer', program: { file: 'mixed/readable-map.js' } },
  { name: 'Python, asyncio and processes', role: 'peer', program: inPython('mixed') },
];

export const mixed: Case = {
  name: 'mixed',
  group: 'pipeline',
  question:
    'Requests of 50 ms and 20 KB, 64 pending, some 2 ms of CPU each: how near to the larger of the two bounds?',
  measure,
};

async function measure({ size, rounds = ROUNDS[size] }: Settings): Promise<Answer> {
  const hasPython = isInstalled('python3');
  const contenders = CONTENDERS.filter(({ program }) => program.command !== 'python3' || hasPython);
  const count = REQUESTS[size];
  const server = await openServer(LATENCY);
  try {
    const itemTime = await calibrate(server.port);
    const bound = Math.max((count / PENDING) * LATENCY, (count * itemTime) / cores);
    const ends = new Map<string, MixedEnd[]>(contenders.map(({ name }) => [name, []]));
    const checksums = new Map<number, number>();
    for (let round = 0; round < rounds; round++) {
      for (const { name, program, share = 1 } of round % 2 === 0 ? contenders : [...contenders].reverse()) {
        const requests = Math.round(count * share);
        const end = await runContender<MixedEnd>({ ...program, args: [server.port, String(requests)] });
        ends.get(name)?.push(end);
        const expected = checksums.get(requests) ?? end.checksum;
        checksums.set(requests, expected);
        if (end.checksum !== expected) throw new Error(`${name} has other results than those before.`);
      }
    }
    return describe(contenders, ends, bound, [
      ...(hasPython ? [] : ['left out: python3 is not installed']),
      `${count} requests, ${rounds} fresh processes each; an item takes ${itemTime.toFixed(2)} ms of CPU, and the bound is ${bound.toFixed(0)} ms on ${cores} cores, on which the server runs as well`,
    ]);
  } finally {
    server.close();
  }
}

function describe(
  contenders: readonly Mixed[],
  ends: ReadonlyMap<string, readonly MixedEnd[]>,
  bound: number,
  notes: readonly string[],
): Answer {
  const pick = (name: string, what: keyof MixedEnd, share = 1): number[] =>
    (ends.get(name) ?? []).flatMap((end) => (end[what] === undefined ? [] : [end[what] / share]));
  const telar = pick('telar', 'time');
  const measured = contenders.map(({ name, role, share }): Measured => {
    const [time, peak, delay] = [pick(name, 'time', share), pick(name, 'peak'), pick(name, 'delay')];
    return {
      name,
      role,
      time: spreadOf(time),
      ratio: spreadOf(time.map((one) => one / bound)),
      cpu: spreadOf(pick(name, 'cpu', share)),
      ...(peak.length === 0 ? {} : { peak: spreadOf(peak.map((bytes) => bytes / 1e6)) }),
      ...(delay.length === 0 ? {} : { delay: spreadOf(delay) }),
    };
  });
  return {
    head: ['contender', '× bound', 'lowest – highest', '× telar', 'CPU s', 'delay ms', 'peak MB'],
    rows: measured.map(({ name, ratio, cpu, delay, peak }, at) => [
      name,
      ratio?.median.toFixed(2) ?? '',
      `${ratio?.low.toFixed(2)} – ${ratio?.high.toFixed(2)}`,
      spreadOfPairs(
        pick(name, 'time', contenders[at]?.share),
        telar,
        (one, other) => one / other,
      ).median.toFixed(2),
      ((cpu?.median ?? Number.NaN) / 1000).toFixed(2),
      delay?.median.toFixed(1) ?? '',
      peak?.median.toFixed(0) ?? '',
    ]),
    notes,
    figures: [
      { id: 'mixed.ratio', value: measured[1]?.ratio?.median ?? Number.NaN },
      { id: 'mixed.delay', value: measured[1]?.delay?.median ?? Number.NaN },
    ],
    contenders: measured,
    limit: 'the larger of both bounds: the requests, and the CPU time on all cores',
  };
}

/** Milliseconds of CPU that one body takes, warm. */
async function calibrate(port: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/1`)).text();
  const count = 100;
  for (let round = 0; round < count; round++) sumText(text);
  const began = cpuTime();
  for (let round = 0; round < count; round++) sumText(text);
  return (cpuTime() - began) / count;
}
