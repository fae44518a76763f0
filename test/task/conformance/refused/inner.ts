import { Socket } from 'node:net';
import type { Refused } from './refused.ts';

const settings = { depth: 1 };
const promise = Promise.resolve(1);
const socket = new Socket();
const helper = (value: number): number => (socket.destroyed ? value : 0);
const helperOfHelper = (value: number): number => helper(value);
const tools = { deep: { run: () => promise } };
const map = new Map([['key', promise]]);
const set = new Set([() => promise]);
const bound = ((first: unknown, second: number) => [first, second]).bind(undefined, socket);
const boundReceiver = function (this: unknown) {
  return typeof this;
}.bind(socket);
const classWithSocket = class {
  static readonly kept = 1;
  read(): boolean {
    return socket.destroyed;
  }
};
const functionWithSocket = Object.assign((value: number) => value, { socket });
const computed = (() => {
  const name = `field${settings.depth}`;
  return class {
    [name] = 1;
  };
})();
const loaded = [await import('../../fixtures/exports.ts')];
const open_ = 'Pass its result instead, or open it in the worker with perWorker(() => …).';

/** Closures that lead to such a value by other functions, objects and classes. */
export const refusedInner: readonly Refused[] = [
  {
    title: 'a helper that uses a socket',
    task: (value: number) => helperOfHelper(value),
    says: `it uses \`helperOfHelper\` (function, line LINE), which uses \`helper\` (function, line LINE), which uses \`socket\` (Socket, line LINE), which is a socket. ${open_}`,
    path: 'socket',
  },
  {
    title: 'a function in an object that uses a promise',
    task: () => tools,
    says: 'it uses `tools` (Object, line LINE), whose `tools.deep.run` uses `promise` (Promise, line LINE), which is a promise. Await it first, and capture what it gives.',
  },
  {
    title: 'a promise in a map',
    task: () => map,
    says: 'it uses `map` (Map, line LINE), which holds a promise (`map.get(…)`). Await it first, and capture what it gives.',
  },
  {
    title: 'a function in a set that uses a promise',
    task: () => set,
    says: 'it uses `set` (Set, line LINE), whose `set.values()` uses `promise` (Promise, line LINE), which is a promise. Await it first, and capture what it gives.',
  },
  {
    title: 'a bound socket',
    task: (value: number) => bound(value),
    says: `it uses \`bound\` (function, line LINE), which holds a socket (\`bound (bound argument 0)\`). ${open_}`,
  },
  { title: 'a bound receiver', task: boundReceiver, says: `it holds a socket (\` (bound this)\`). ${open_}` },
  {
    title: 'a class that uses a socket',
    task: () => new classWithSocket(),
    says: `it uses \`classWithSocket\` (class, line LINE), which uses \`socket\` (Socket, line LINE), which is a socket. ${open_}`,
  },
  {
    title: 'a field of a function',
    task: () => functionWithSocket(1),
    says: `it uses \`functionWithSocket\` (function, line LINE), which holds a socket (\`functionWithSocket.socket\`). ${open_}`,
  },
  {
    title: 'a name that the engine forgot',
    task: () => new computed(),
    says: 'it uses `computed` (class, line LINE), which uses `name` (unset, line LINE), which is a variable whose value the engine does not keep. Write the name out, or use the variable in a function as well.',
  },
  {
    title: 'a module in an array',
    task: () => loaded,
    says: 'it uses `loaded` (Array, line LINE), which holds a module (`loaded[0]`). Import it with an import declaration, or with await import(…) in the task.',
  },
];
