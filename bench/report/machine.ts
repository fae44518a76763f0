import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Number of cores that the contenders have. The goals are those of two. */
export const cores: number = availableParallelism();

/** Facts that a reader has to know to judge the numbers. */
export interface Machine {
  readonly telar: string;
  readonly node: string;
  readonly v8: string;
  readonly processor: string;
  readonly cores: number;
  /** Memory in GB. */
  readonly memory: number;
  readonly system: string;
  /** The load before the start, over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  /** Versions of what is compared with, and of what measures. */
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = [
  'tinybench',
  'piscina',
  'tinypool',
  'workerpool',
  'poolifier',
  'jest-worker',
  'multithreading',
  'comlink',
  'p-map',
  'undici',
  'csv-parse',
  'papaparse',
];

export function readMachine(): Machine {
  const [cpu] = cpus();
  return {
    telar: readVersion('package.json'),
    node: process.versions.node,
    v8: process.versions.v8,
    processor: cpu?.model.trim() ?? 'unknown processor',
    cores,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    load: loadavg(),
    packages: Object.fromEntries(
      PACKAGES.map((name) => [name, readVersion(`node_modules/${name}/package.json`)]),
    ),
  };
}

/** Describes the machine for people, a line for each fact. */
export function describeMachine(machine: Machine): readonly string[] {
  const packages = Object.entries(machine.packages).map((entry) => entry.join(' '));
  return [
    `telar ${machine.telar} · Node ${machine.node} (V8 ${machine.v8}) · ${machine.system}`,
    `${machine.processor} · ${machine.cores} cores · ${machine.memory} GB · load before the start ${machine.load
      .map((load) => load.toFixed(2))
      .join(' ')}`,
    packages.join(' · '),
  ];
}

function readVersion(path: string): string {
  try {
    const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return 'not installed';
  }
}
