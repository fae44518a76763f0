// Variables that tasks change and that somebody reads, or may read.
/* oxlint-disable no-unused-expressions, unicorn/no-array-for-each */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { perWorker } from 'telar';
import { AtomicCounter, Mutex } from 'telar/memory';

type Entry = readonly [title: string, task: (n: number) => unknown];

class Log {
  lines = 0;
  readonly parts: string[] = [];
  add(text: string): this {
    this.lines++;
    process.stderr.write(text);
    return this;
  }
  push(text: string): void {
    this.add(text);
  }
  set(key: string, text: string): void {
    this.add(key + text);
  }
}

const require = createRequire(import.meta.url);
const { memoize } = require('lodash') as { memoize: <F extends (n: number) => number>(fn: F) => F };
const { default: Ajv } = require('ajv') as {
  default: new () => { compile(schema: object): (data: unknown) => boolean };
};

export function listKept(): Entry[] {
  const cache = new Map<number, number>();
  const rows: number[] = [];
  const scratch = new Float64Array(4);
  const shared = new Int32Array(new SharedArrayBuffer(16));
  const config = { rate: 2, names: ['a'], hits: 0, cells: shared, log: new Log() };
  const open: Record<string, Log | undefined> = {};
  const logs = [new Log(), new Log()];
  const logsByName = new Map([['a', new Log()]]);
  const log = new Log();
  const word = /a+/g;
  const counter = new AtomicCounter();
  const held = { counter, count: 0 };
  const mutex = new Mutex();
  const memory = new ArrayBuffer(8);
  const floats = new Float64Array(memory);
  const words = new Uint32Array(memory);
  const handle = perWorker(() => ({ calls: 0 }));
  const store = (n: number): void => {
    cache.set(n, n * 2);
  };
  const find = (n: number): number | undefined => cache.get(n);
  const inner: number[] = [];
  const outer = { inner };
  const touched = {
    count: 0,
    set total(n: number) {
      process.stderr.write(String(n));
    },
  };
  const acting = {
    count: 0,
    add(n: number): void {
      this.count += n;
    },
  };
  const bump = (): number => config.hits++;
  const fast = memoize((n: number) => n * 2);
  const validate = new Ajv().compile({
    type: 'object',
    properties: { n: { type: 'number' } },
    required: ['n'],
  });
  const registered: number[] = [];
  const api = {
    register: (n: number): void => {
      registered.push(n);
    },
    double: (n: number): number => n * 2,
  };
  class Registry {
    static register(n: number): void {
      registered.push(n);
    }
    static double(n: number): number {
      return n * 2;
    }
  }
  const queue: number[] = [];
  const state: { last?: unknown } = {};
  // prettier-ignore
  return [
    ['a cache', (n) => { if (!cache.has(n)) cache.set(n, n * 2); return cache.get(n); }],
    ['a cache behind helpers', (n) => { store(n); return find(n); }],
    ['a cache that is only asked whether it has', (n) => { if (cache.has(n)) return 0; cache.set(n, 1); return 1; }],
    ['a cache that gives what it sets', (n) => (config.hits ||= n)],
    ['a cache that lives in a member', (n) => (open[`${n}`] ??= new Log()).lines],
    ['a scratch buffer', (n) => { scratch.fill(0); scratch[1] = n; return scratch[1]; }],
    ['a scratch buffer with two views', (n) => { floats[0] = n; return words[1]; }],
    ['the last index of a regular expression', (n) => { word.lastIndex = 0; return word.test('aa'.repeat(n)); }],
    ['a count that is returned', () => config.hits++],
    ['a count that a helper returns', () => bump()],
    ['a length that is returned', (n) => rows.push(n)],
    ['a length that is kept', (n) => { const length = rows.push(n); return length; }],
    ['a set that is returned', (n) => cache.set(n, 1)],
    ['a queue', (n) => { queue.push(n); return queue.shift(); }],
    ['a queue that is looped over', (n) => { queue.push(n); for (const x of queue) if (x > 1e9) return x; return 0; }],
    ['an array that is spread', (n) => { rows.push(n); return [...rows]; }],
    ['an array that is given away', (n) => { rows.push(n); return JSON.stringify(rows); }],
    ['an object that is given away', (n) => { config.hits += n; console.error(config); }],
    ['an object that goes into another', (n) => { rows.push(n); const box = { rows }; return box; }],
    ['an array that is read by an alias', (n) => { const list = rows; list.push(n); return list.length; }],
    ['a member that is read by destructuring', (n) => { const { names } = config; names.push(`${n}`); return names; }],
    ['the rest of an object', (n) => { config.hits = n; const { rate: _, ...rest } = config; return rest; }],
    ['a limit that is looked at', (n) => { if (rows.length > 10) rows.length = 0; rows.push(n); }],
    ['a member that decides', (n) => { config.hits += 1; if (config.hits > 3) throw new Error(`${n}`); }],
    ['a key that is looked for', (n) => { if (!(`${n}` in open)) open[`${n}`] = log; }],
    ['a local copy', (n) => { const own = [...rows]; own.push(n); return own; }],
    ['a local of the same name', (n) => { const rows = [n]; rows.push(n); }],
    ['a parameter of the same name', (n) => { [[n]].forEach((rows) => { rows.push(n); }); }],
    ['shared memory', (n) => { shared[0] = n; }],
    ['shared memory that is filled', (n) => { shared.fill(n); }],
    ['shared memory in an object', (n) => { config.cells[0] = (config.cells[0] ?? 0) + n; }],
    ['objects of telar/memory', (n) => { counter.add(n); }],
    ['objects of telar/memory, held', () => { held.counter.add(1); }],
    ['a lock', async (n) => { const hold = await mutex.lock(); shared[1] = n; hold.release(); }],
    ['a value of the worker', () => { handle().calls++; }],
    ['an object that is changed where the worker makes its value', (n) => perWorkerThatNotes()(n)],
    ['an instance', (n) => { log.add(`${n}`); }],
    ['a member of an instance', (n) => { log.lines += n; log.parts.push(`${n}`); }],
    ['an instance in an object', (n) => { config.log.add(`${n}`); }],
    ['instances in an array', (n) => { logs[n % 2]?.add(`${n}`); }],
    ['instances in a map', (n) => { logsByName.get('a')?.push(`${n}`); }],
    ['instances that the task makes', (n) => { open[`${n}`] ??= new Log(); open[`${n}`]?.push('x'); }],
    ['… and puts there by a name', (n) => { const own = new Log(); open[`${n}`] = own; open[`${n}`]?.push('x'); }],
    ['what another method of an object changes', (n) => api.double(n)],
    ['what another method of a class changes', (n) => Registry.double(n)],
    ['a setter', (n) => { touched.total = n; }],
    ['a method of an object', (n) => { acting.add(n); }],
    ['an array that another holds', (n) => { inner.push(n); return outer.inner.length; }],
    ['an object of a module', (n) => { Object.assign(createHash, { n }); }],
    ['a global', (n) => { (globalThis as { stats?: number }).stats = n; }],
    ['an element of the environment', (n) => { process.env['TELAR_N'] = `${n}`; }],
    ['a function of a package with a cache of its own', (n) => fast(n)],
    ['a validator of ajv', (n) => validate({ n })],
    ['what is told on the way back', (n) => { config.hits = report(config.hits + n); return config.rate; }],
    ['what comes from a promise', async (n) => { state.last = await Promise.resolve(n); return state.last; }],
    ['a frozen list of names', (n) => config.names.at(0) ?? n],
    ['nothing at all', (n) => { rows; return n; }],
  ];
}

function report(n: number): number {
  return n;
}

const noted: number[] = [];
const perWorkerThatNotes = perWorker(() => {
  noted.push(1);
  return (n: number) => n;
});
