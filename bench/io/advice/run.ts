/** One kind of work done in one way. Arguments: the kind, the number of the way, the port, the number of items. */
import { download } from 'telar/http';
import { gather, parallelMap, pipeline } from 'telar';
import { timeOnce } from '../../harness/time-once.ts';
import { say } from '../../programs/say.ts';
import type { Summed } from '../mixed/work.ts';
import {
  countBytes,
  derive,
  fetchAndCount,
  fetchAndSum,
  type Kind,
  reduceResults,
  sumBytes,
} from './work.ts';

const [kind, way, port, count] = process.argv.slice(2) as [Kind, string, string, string];
const ids = Array.from({ length: Number(count) }, (_, at) => at);
const urls = ids.map((id) => `http://127.0.0.1:${port}/${id}`);
const many = { concurrency: 64 };

type Way = () => Promise<readonly (number | Summed)[]>;

async function oneByOne<Item, Output>(
  items: readonly Item[],
  task: (item: Item) => Output,
): Promise<Awaited<Output>[]> {
  const results: Awaited<Output>[] = [];
  for (const item of items) results.push(await task(item));
  return results;
}

const ways: Readonly<Record<Kind, readonly [Way, Way, Way, Way, Way]>> = {
  'I/O': [
    () => oneByOne(urls, async (url) => countBytes(await download(url))),
    () =>
      pipeline(urls)
        .io(async (url) => countBytes(await download(url)), many)
        .toArray(),
    () => parallelMap(urls, fetchAndCount, { workers: 16 }),
    () =>
      pipeline(urls)
        .io((url) => download(url), { concurrency: 1 })
        .cpu(countBytes)
        .toArray(),
    () =>
      pipeline(urls)
        .io((url) => download(url), many)
        .cpu(countBytes)
        .toArray(),
  ],
  CPU: [
    () => oneByOne(ids, derive),
    () =>
      gather(
        ids.map((id) => async () => derive(id)),
        many,
      ),
    () => parallelMap(ids, derive, { workers: 16 }),
    () => parallelMap(ids, derive),
    () =>
      pipeline(ids)
        .io(async (id) => id, many)
        .cpu(derive)
        .toArray(),
  ],
  mixed: [
    () => oneByOne(urls, async (url) => sumBytes(await download(url))),
    () =>
      pipeline(urls)
        .io(async (url) => sumBytes(await download(url)), many)
        .toArray(),
    () => parallelMap(urls, fetchAndSum, { workers: 16 }),
    () =>
      pipeline(urls)
        .io((url) => download(url), { concurrency: 1 })
        .cpu(sumBytes)
        .toArray(),
    () =>
      pipeline(urls)
        .io((url) => download(url), many)
        .cpu(sumBytes)
        .toArray(),
  ],
};

const run = ways[kind][Number(way) - 1];
if (run === undefined) throw new RangeError(`There is no way ${way}.`);
let results: readonly (number | Summed)[] = [];
const sample = await timeOnce('advice', async () => {
  results = await run();
});
say({ ...sample, checksum: reduceResults(results) });
process.exit();
