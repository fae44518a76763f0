import type { PeerLibrary } from './contract/peer.ts';

/** Libraries that one would pick instead. Each is loaded when it is opened. */
export const libraries: readonly PeerLibrary[] = [
  {
    name: 'piscina',
    canTransfer: true,
    open: async (threads) => (await import('./libraries/piscina.ts')).open(threads),
  },
  {
    name: 'tinypool',
    canTransfer: true,
    open: async (threads) => (await import('./libraries/tinypool.ts')).open(threads),
  },
  {
    name: 'workerpool',
    canTransfer: true,
    open: async (threads) => (await import('./libraries/workerpool.ts')).open(threads),
  },
  {
    name: 'poolifier',
    canTransfer: true,
    open: async (threads) => (await import('./libraries/poolifier.ts')).open(threads),
  },
  {
    name: 'jest-worker',
    canTransfer: false,
    open: async (threads) => (await import('./libraries/jest-worker.ts')).open(threads),
  },
  {
    name: 'multithreading',
    // The library reads `navigator` as it is loaded, which Node 20 does not have.
    missing: 'navigator' in globalThis ? undefined : 'left out: multithreading, which needs Node 22',
    canTransfer: true,
    open: async (threads) => (await import('./libraries/multithreading.ts')).open(threads),
  },
  {
    name: 'comlink',
    canTransfer: true,
    open: async (threads) => (await import('./libraries/comlink.ts')).open(threads),
  },
];

export function findLibrary(name: string | undefined): PeerLibrary {
  const found = libraries.find((library) => library.name === name);
  if (found === undefined) throw new RangeError(`There is no contender called "${name}".`);
  return found;
}

/** Lists the libraries that run here. */
export function listAvailable(): readonly string[] {
  return libraries.filter(({ missing }) => missing === undefined).map(({ name }) => name);
}
