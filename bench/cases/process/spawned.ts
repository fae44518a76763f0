import { Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { spawn } from 'telar';
import { open as openWorkerpool } from '../../peers/libraries/workerpool.ts';
import { Clerk } from '../../peers/clerk.ts';
import { book, type Booking, makeSale, type Sale } from '../../tasks.ts';
import { loop } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 20_000;

type Call = (sale: Sale) => Promise<Booking>;

/** One call after another: nothing hides what each takes. */
async function callInTurn(items: readonly Sale[], call: Call): Promise<readonly Booking[]> {
  const results: Booking[] = [];
  // oxlint-disable-next-line no-await-in-loop -- that is what is measured.
  for (const item of items) results.push(await call(item));
  return results;
}

export const spawned: TimedCase<readonly Sale[], Booking> = defineTimed({
  module: import.meta.url,
  name: 'spawned',
  group: 'calls',
  question: 'What does a call of an object on a thread of its own take, beside bare comlink?',
  parts: { tiny: 1 / 100, quick: 1 / 2, full: 1 },
  rounds: 5,
  makeInput: (_, part) => Array.from({ length: COUNT * part }, (_item, at) => makeSale(at)),
  contenders: [
    loop((items) => items.map((item) => book(item))),
    {
      name: 'bare comlink',
      role: 'limit',
      open: () => {
        const worker = new Worker(new URL('../../peers/workers/comlink-worker.js', import.meta.url));
        const tasks = wrap<{ book: (sale: Sale) => Booking }>(nodeEndpoint(worker));
        return { run: (items) => callInTurn(items, (sale) => tasks.book(sale)) };
      },
    },
    {
      name: 'telar, spawn',
      role: 'telar',
      open: async () => {
        const clerk = await spawn(Clerk, []);
        return { run: (items) => callInTurn(items, (sale) => clerk.book(sale)) };
      },
    },
    {
      name: 'workerpool',
      role: 'peer',
      open: () => {
        const peer = openWorkerpool(1);
        return { run: (items) => callInTurn(items, (sale) => peer.call('book', sale) as Promise<Booking>) };
      },
    },
  ],
  figures: (find) => [{ id: 'spawned.ratio', value: find('telar, spawn').ratio?.median ?? Number.NaN }],
});
