import type { Kind } from '../../io/advice/work.ts';

export const kinds: readonly Kind[] = ['I/O', 'CPU', 'mixed'];

export const ways: readonly string[] = [
  '1 one after the other',
  '2 event loop, 64 at once',
  '3 sixteen threads, I/O in them',
  '4 workers for the CPU',
  '5 event loop and workers',
];

/** Code that one writes for each way, as `io/advice/run.ts` has it. */
export const calls: Readonly<Record<Kind, readonly string[]>> = {
  'I/O': [
    'for (const url of urls) await download(url)',
    'pipeline(urls).io(download, { concurrency: 64 })',
    'parallelMap(urls, fetchIt, { workers: 16 })',
    'pipeline(urls).io(download, { concurrency: 1 }).cpu(count)',
    'pipeline(urls).io(download, { concurrency: 64 }).cpu(count)',
  ],
  CPU: [
    'for (const id of ids) derive(id)',
    'gather(ids.map((id) => async () => derive(id)))',
    'parallelMap(ids, derive, { workers: 16 })',
    'parallelMap(ids, derive)',
    'pipeline(ids).io(async (id) => id).cpu(derive)',
  ],
  mixed: [
    'for (const url of urls) sum(await download(url))',
    'pipeline(urls).io(async (url) => sum(await download(url)))',
    'parallelMap(urls, fetchAndSum, { workers: 16 })',
    'pipeline(urls).io(download, { concurrency: 1 }).cpu(sum)',
    'pipeline(urls).io(download, { concurrency: 64 }).cpu(sum)',
  ],
};
