import type { Endpoint } from 'comlink';
import type { MessagePort, Worker } from 'node:worker_threads';

// The adapter that comlink's documentation names for Node; it has no types.
const adapter = (await import(import.meta.resolve('comlink/dist/esm/node-adapter.mjs'))) as {
  default: (port: Worker | MessagePort) => Endpoint;
};

/** What makes a port of Node one that comlink takes. */
export const createNodeEndpoint: (port: Worker | MessagePort) => Endpoint = adapter.default;
