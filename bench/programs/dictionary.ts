/**
 * Measures a dictionary that all workers look words up in. Arguments: how they come by it, the number of workers, the
 * number of words. Says the growth of resident memory, beyond the workers and the words themselves, and what was found.
 */
import type { parallelMap as ParallelMap, perWorker as PerWorker, Pool as PoolType } from 'telar';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRandom } from '../harness/random.ts';
import { meet, type Meeting } from '../tasks.ts';
import { say } from './say.ts';
import { importTelar } from './telar.ts';

const [way, workerCount, wordCount] = process.argv.slice(2);
const workers = Number(workerCount);
const count = Number(wordCount);

/** Words of 4 to 13 letters, the same in each run and on each thread. */
function makeWords(length: number): Set<string> {
  const random = createRandom(5);
  const words = new Set<string>();
  while (words.size < length) {
    let word = '';
    for (let left = 4 + random() * 10; left >= 1; left--) word += String.fromCharCode(97 + random() * 26);
    words.add(word);
  }
  return words;
}

interface Telar {
  readonly parallelMap: typeof ParallelMap;
  readonly perWorker: typeof PerWorker;
  readonly Pool: typeof PoolType;
}

const { parallelMap, perWorker, Pool } = (await importTelar()) as Telar;
const { share } = (await import(
  new URL('../../bundle/memory.js', import.meta.url).href
)) as typeof import('telar/memory');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const pool = new Pool({ workers });
const words = makeWords(count);
const asked = [...words].filter((_, at) => at % Math.ceil(count / 1000) === 0);
const createMeetings = (): readonly Meeting[] => {
  const meeting = { present: new Int32Array(new SharedArrayBuffer(4)), expected: workers };
  return Array.from({ length: workers }, () => meeting);
};

type Look = (meeting: Meeting) => number;
const look = (has: (word: string) => boolean, meeting: Meeting): number => {
  meet(meeting);
  return asked.filter(has).length;
};
// A closure with the same words asked for: what is left is the dictionary.
await parallelMap(createMeetings(), (meeting) => look(() => true, meeting), { pool, chunkSize: 1 });
collect();
const before = process.memoryUsage().rss;

const makers: Readonly<Record<string, () => Look>> = {
  share: () => {
    const shared = share(words);
    return (meeting) => look((word) => shared.has(word), meeting);
  },
  closure: () => (meeting) => look((word) => words.has(word), meeting),
  perWorker: () => {
    const own = perWorker(() => makeWords(count));
    return (meeting) => look((word) => own().has(word), meeting);
  },
};
const task = makers[way ?? '']?.() as Look;
const found = await parallelMap(createMeetings(), task, { pool, chunkSize: 1 });
collect();
say({
  grown: (process.memoryUsage().rss - before) / 1e6,
  isRight: found.every((one) => one === asked.length),
});
process.exit();
