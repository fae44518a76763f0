import { Readable } from 'node:stream';
import pMap from 'p-map';
import { Pool } from 'telar';
import type { Contender, Running } from '../harness/contender.ts';
import { type ByHand, openByHand } from '../peers/by-hand.ts';
import type { Peer } from '../peers/contract/peer.ts';
import { libraries } from '../peers/every-library.ts';
import { open as openPiscina } from '../peers/libraries/piscina.ts';
import { cores } from '../report/machine.ts';

/** The sequential twin. */
export function loop<Input, Output>(
  run: (input: Input) => readonly Output[],
  more: Pick<Running<Input, Output>, 'prepare'> = {},
): Contender<Input, Output> {
  return { name: 'plain loop', role: 'loop', open: () => ({ ...more, run }) };
}

/** Telar, on a pool that stays. */
export function telar<Input, Output>(
  name: string,
  run: (input: Input, pool: Pool) => Promise<readonly Output[]>,
  more: Pick<Running<Input, Output>, 'prepare'> = {},
): Contender<Input, Output> {
  return {
    name,
    role: 'telar',
    open: () => {
      const pool = new Pool();
      return { ...more, run: (input) => run(input, pool) };
    },
  };
}

/** worker_threads as an expert writes them for this very work. */
export function byHand<Input, Output>(
  run: (input: Input, threads: ByHand) => Promise<readonly Output[]>,
  { name = 'by hand', ...more }: { name?: string } & Pick<Running<Input, Output>, 'prepare'> = {},
): Contender<Input, Output> {
  return {
    name,
    role: name === 'by hand' ? 'limit' : 'peer',
    open: () => {
      const threads = openByHand(cores);
      return { ...more, run: (input) => run(input, threads) };
    },
  };
}

/** piscina as it is set up by default, and with threads that are never blocked: what that gains, and what it takes. */
export function piscinaTwice<Input, Output>(
  run: (input: Input, peer: Peer) => Promise<readonly Output[]>,
): readonly Contender<Input, Output>[] {
  const atomics = { piscina: 'sync', 'piscina, no atomics': 'disabled' } as const;
  return Object.entries(atomics).map(([name, kind]) => ({
    name,
    role: 'peer',
    open: () => {
      const peer = openPiscina(cores, kind);
      return { run: (input) => run(input, peer) };
    },
  }));
}

/** Asks each of the libraries for the work: `undefined` where one cannot do it. */
export function eachLibrary<Input, Output>(
  how: string,
  run: (input: Input, peer: Peer) => Promise<readonly Output[]>,
  {
    share,
    ...more
  }: { share?: number; needsTransfer?: boolean } & Pick<Running<Input, Output>, 'prepare'> = {},
): readonly Contender<Input, Output>[] {
  const part = share === undefined ? '' : ` (1/${Math.round(1 / share)})`;
  return libraries
    .filter(({ canTransfer }) => canTransfer || more.needsTransfer !== true)
    .map(({ name, missing, open }) => ({
      name: `${name}, ${how}${part}`,
      role: 'peer',
      missing,
      ...(share === undefined ? {} : { share }),
      open: async () => {
        const peer = await open(cores);
        return { ...(more.prepare && { prepare: more.prepare }), run: (input) => run(input, peer) };
      },
    }));
}

/** Calls a library as the READMEs show it: a call for each item, all at once. */
export function callEach<Item, Output>(
  task: string,
): (items: readonly Item[], peer: Peer) => Promise<readonly Output[]> {
  return (items, peer) => Promise.all(items.map((item) => peer.call(task, item) as Promise<Output>));
}

/** Calls a library as an expert does: chunks of whole numbers in typed arrays, and tasks that take one. */
export function callTyped(
  task: string,
  size: number,
): (items: readonly number[], peer: Peer) => Promise<readonly number[]> {
  return async (items, peer) => {
    const chunks: Promise<Int32Array>[] = [];
    for (let from = 0; from < items.length; from += size) {
      chunks.push(peer.call(task, Int32Array.from(items.slice(from, from + size))) as Promise<Int32Array>);
    }
    const results: number[] = [];
    for (const chunk of await Promise.all(chunks)) for (const value of chunk) results.push(value);
    return results;
  };
}

/** Calls a library as an expert does with items that are no numbers: chunks of them. */
export function callChunks<Item, Output>(
  task: string,
  size: number,
): (items: readonly Item[], peer: Peer) => Promise<readonly Output[]> {
  return async (items, peer) => {
    const chunks: Promise<readonly Output[]>[] = [];
    for (let from = 0; from < items.length; from += size) {
      chunks.push(peer.call(task, items.slice(from, from + size)) as Promise<readonly Output[]>);
    }
    return (await Promise.all(chunks)).flat() as unknown as readonly Output[];
  };
}

/** p-map and Node's `Readable.map`, which many take for parallel: on the main thread they are the loop. */
export function onMainThread<Item, Output>(
  task: (item: Item) => Output,
  share?: number,
): readonly Contender<readonly Item[], Output>[] {
  const part = share === undefined ? '' : ` (1/${Math.round(1 / share)})`;
  const options = { concurrency: cores };
  const shared = share === undefined ? {} : { share };
  return [
    {
      name: `p-map${part}`,
      role: 'peer',
      ...shared,
      open: () => ({ run: (items) => pMap(items, async (item) => task(item), options) }),
    },
    {
      name: `Readable.map${part}`,
      role: 'peer',
      ...shared,
      open: () => ({
        run: (items) =>
          Readable.from(items)
            .map(async (item: Item) => task(item), options)
            .toArray(),
      }),
    },
  ];
}
