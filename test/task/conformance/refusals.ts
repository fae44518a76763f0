import { EventEmitter } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { Socket } from 'node:net';
import { createHash, createHmac } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';
import { WithSecret } from '../fixtures/secret.ts';

/** A closure that cannot travel, and what its error says. */
export interface Refused {
  readonly title: string;
  readonly task: (...parameters: never) => unknown;
  /** The message after "cannot travel to a worker: ", with `LINE` for a line number. */
  readonly says: string;
  readonly path?: string;
}

let total = 0;
let cache: Map<number, number> | undefined;
const cached = (value: number): number => {
  cache ??= new Map();
  return cache.get(value) ?? value;
};
const settings = { depth: 1 };
let { left, right } = { left: 1, right: 2 };
const promise = Promise.resolve(1);
const weakRef = new WeakRef(settings);
const unregistered = Symbol('mine');
const keyedByUnregistered = { [unregistered]: 1, run: () => 1 };
const socket = new Socket();
const pool = { clients: [{ connection: { stream: socket } }] };
class Pool {
  readonly clients = [socket];
}
const db = new Pool();
const server = createServer();
const stream = new PassThrough();
const readable = Readable.from([1]);
const webStream = new ReadableStream();
const emitter = new EventEmitter();
const target = new EventTarget();
const { port1 } = new MessageChannel();
const controller = new AbortController();
const timer = setTimeout(() => undefined, 0);
const outgoing = request({ host: 'localhost', port: 9 }).on('error', () => undefined);
outgoing.destroy();
const file = await open(new URL(import.meta.url));
await file.close();
const hash = createHash('sha256');
const hmac = createHmac('sha256', 'key');
const running = (function* () {
  yield 1;
})();
/** As regenerator makes it, with which compilers write generators for old targets. */
const compiledRunning = Object.defineProperty(
  Object.create({ next: () => 1, throw: () => 1, return: () => 1 }) as object,
  '_invoke',
  { value: () => 1 },
);
/** As tslib makes it: all methods are its own, and its state is in variables of theirs. */
const helperRunning = {
  next: () => 1,
  throw: () => 1,
  return: () => 1,
  [Symbol.iterator]: () => helperRunning,
};
const laterRunning = (async function* () {
  yield 1;
})();
const iterator = new Map([[1, 2]]).entries();
const arrayIterator = [1, 2].values();
const proxy = new Proxy({ a: 1 }, {});
const functionProxy = new Proxy((value: number) => value, {});
const hidesProxy = { list: [proxy] };
const argumentsObject = (function (..._: number[]) {
  // oxlint-disable-next-line prefer-rest-params
  return arguments;
})(1, 2);
const { compare: compareText } = new Intl.Collator();
const format = new Intl.NumberFormat('en');
const segmenter = new Intl.Segmenter('en');
class Secret {
  #value = 1;
  read(): number {
    return this.#value;
  }
}
class SecretChild extends Secret {}
const secret = new Secret();
const secretChild = new SecretChild();
const importedSecret = new WithSecret();
const response = new Response('body');
const helper = (value: number): number => (socket.destroyed ? value : 0);
const helperOfHelper = (value: number): number => helper(value);
const tools = { deep: { run: () => promise } };
const map = new Map([['key', promise]]);
const set = new Set([() => promise]);
const bound = ((first: unknown, second: number) => [first, second]).bind(undefined, socket);
const boundReceiver = function (this: unknown) {
  return typeof this;
}.bind(socket);
class Methods {
  base = 1;
  add(value: number): number {
    return this.base + value;
  }
  getArrow(): (value: number) => number {
    return (value) => this.base + value;
  }
  getPrivateArrow(): (other: Methods) => number {
    return (other) => other.#hidden;
  }
  #hidden = 3;
}
class Above extends Methods {
  getSuper(): (value: number) => number {
    return (value) => super.add(value);
  }
}
const parent = { greet: () => 'hello' };
const child = {
  __proto__: parent,
  greet() {
    return super['greet' as never] as unknown;
  },
};
function outer(..._: number[]): () => unknown {
  // oxlint-disable-next-line prefer-rest-params
  return () => arguments.length;
}
function Maker(this: { made: () => unknown }) {
  this.made = () => new.target;
}
const classWithSocket = class {
  static readonly kept = 1;
  read(): boolean {
    return socket.destroyed;
  }
};
const functionWithSocket = Object.assign((value: number) => value, { socket });
const key = `field${total}`;
const computed = (() => {
  const name = `field${settings.depth}`;
  return class {
    [name] = 1;
  };
})();
const loaded = [await import('../fixtures/exports.ts')];

const open_ = 'Pass its result instead, or open it in the worker with perWorker(() => …).';
const make = 'Make it in the worker with perWorker(() => …).';
const assign = (name: string): string =>
  'Return the value and put it together from the results, or keep it in the worker with perWorker(() => …). ' +
  `If \`${name}\` is a cache of a helper, exporting the helper is enough.`;
const copyThis =
  'it uses `this` of the place where it was written (line LINE). Copy what it needs into a variable first.';
const inArray = 'Turn it into an array first.';

export const refusedTasks: readonly Refused[] = [
  {
    title: 'assignment to a variable',
    task: (value: number) => (total = value),
    says: `it uses \`total\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('total')}`,
    path: 'total',
  },
  {
    title: 'counting in a variable',
    task: () => total++,
    says: `it uses \`total\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('total')}`,
  },
  {
    title: 'assignment by destructuring',
    task: () => {
      [left, right] = [right, left];
    },
    says: `it uses \`left\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('left')}`,
  },
  {
    title: 'assignment in a for loop',
    task: () => {
      for (total of [1, 2]);
    },
    says: `it uses \`total\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('total')}`,
  },
  {
    title: 'a lazy cache of a helper',
    task: (value: number) => cached(value),
    says: `it uses \`cached\` (function, line LINE), which uses \`cache\` (undefined, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('cache')}`,
  },
  { title: 'this of a method around it', task: new Methods().getArrow(), says: copyThis, path: '' },
  {
    title: 'this of the module',
    task: () => this,
    says: copyThis,
  },
  {
    title: 'a method as the task',
    task: Methods.prototype.add,
    says: 'it uses `this` (line LINE), and a task is called without one. Pass `(item) => object.method(item)`, which captures the object, or use bind().',
  },
  {
    title: 'super of a method around it',
    task: new Above().getSuper(),
    says: 'it uses `super` of the place where it was written (line LINE). Call the method of the superclass in a function of its own.',
  },
  {
    title: 'super in a method',
    task: child.greet,
    says: 'it uses `super` of the place where it was written (line LINE). Call the method of the superclass in a function of its own.',
  },
  {
    title: 'arguments of a function around it',
    task: outer(1, 2),
    says: 'it uses `arguments` of the place where it was written (line LINE). Use a rest parameter (...parameters) and capture that.',
  },
  {
    title: 'new.target of a function around it',
    task: (Reflect.construct(Maker, []) as { made: () => unknown }).made,
    says: 'it uses `new.target` of the place where it was written (line LINE). Copy it into a variable first.',
  },
  {
    title: 'a private name of a class around it',
    task: new Methods().getPrivateArrow(),
    says: 'it uses the private name `#hidden` of the class around it (line LINE). Copy what it needs into a variable first.',
  },
  {
    title: 'direct eval',
    // oxlint-disable-next-line no-eval
    task: (value: string) => eval(value),
    says: 'it calls `eval`, which could use any variable (line LINE). Write the code out, or use a function of an imported module.',
  },
  {
    title: 'a promise',
    task: () => promise,
    says: 'it uses `promise` (Promise, line LINE), which is a promise. Await it first, and capture what it gives.',
    path: 'promise',
  },
  {
    title: 'a WeakRef',
    task: () => weakRef,
    says: 'it uses `weakRef` (WeakRef, line LINE), which is a WeakRef. Capture the object that it refers to.',
  },
  {
    title: 'a symbol that is not registered',
    task: () => unregistered,
    says: 'it uses `unregistered` (symbol, line LINE), which is a symbol that only this thread knows. Use Symbol.for("mine"), which is the same on every thread.',
  },
  {
    title: 'a key that is such a symbol',
    task: () => keyedByUnregistered,
    says: 'it uses `keyedByUnregistered` (Object, line LINE), which holds a symbol that only this thread knows (`keyedByUnregistered[Symbol(mine)]`). Use Symbol.for("mine"), which is the same on every thread.',
  },
  {
    title: 'a socket',
    task: () => socket,
    says: `it uses \`socket\` (Socket, line LINE), which is a socket. ${open_}`,
  },
  {
    title: 'a socket in an object',
    task: () => pool,
    says: `it uses \`pool\` (Object, line LINE), which holds a socket (\`pool.clients[0].connection.stream\`). ${open_}`,
    path: 'pool.clients[0].connection.stream',
  },
  {
    title: 'a socket in an instance',
    task: () => db,
    says: `it uses \`db\` (Pool, line LINE), which holds a socket (\`db.clients[0]\`). ${open_}`,
  },
  {
    title: 'a server',
    task: () => server,
    says: 'it uses `server` (Server, line LINE), which is a server. Pass what it received instead.',
  },
  {
    title: 'a stream',
    task: () => stream,
    says: `it uses \`stream\` (PassThrough, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'a readable',
    task: () => readable,
    says: `it uses \`readable\` (Readable, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'a web stream',
    task: () => webStream,
    says: `it uses \`webStream\` (ReadableStream, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'a stream of the process',
    task: () => ({ out: process.stdout, own: stream }),
    says: `it uses \`stream\` (PassThrough, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'an emitter',
    task: () => emitter,
    says: `it uses \`emitter\` (EventEmitter, line LINE), which is an event emitter. ${make}`,
  },
  {
    title: 'an event target',
    task: () => target,
    says: `it uses \`target\` (EventTarget, line LINE), which is an event target. ${make}`,
  },
  {
    title: 'a message port',
    task: () => port1,
    says: 'it uses `port1` (MessagePort, line LINE), which is a message port. Hand it over with transfer() as part of an item.',
  },
  {
    title: 'an abort signal',
    task: () => controller.signal,
    says: 'it uses `controller` (AbortController, line LINE), which is an abort controller. Pass its signal as the `signal` of the call; the task sees `context.signal`.',
  },
  {
    title: 'a timer',
    task: () => timer,
    says: 'it uses `timer` (Timeout, line LINE), which is a timer. Start it in the task.',
  },
  {
    title: 'a request',
    task: () => outgoing,
    says: `it uses \`outgoing\` (ClientRequest, line LINE), which is a request under way. ${open_}`,
  },
  {
    title: 'an open file',
    task: () => file,
    says: 'it uses `file` (FileHandle, line LINE), which is an open file. Pass its path, and open it in the worker with perWorker(() => …).',
  },
  {
    title: 'a hash',
    task: () => hash,
    says: 'it uses `hash` (Hash, line LINE), which is a hash under way. Make it in the task.',
  },
  {
    title: 'a keyed hash',
    task: () => hmac,
    says: 'it uses `hmac` (Hmac, line LINE), which is a hash under way. Make it in the task.',
  },
  {
    title: 'a response',
    task: () => response,
    says: 'it uses `response` (Response, line LINE), which is a response. Read its body first and capture that.',
  },
  {
    title: 'a generator that runs',
    task: () => running,
    says: 'it uses `running` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: 'a compiled generator that runs',
    task: () => compiledRunning,
    says: 'it uses `compiledRunning` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: "a generator of TypeScript's helper that runs",
    task: () => helperRunning,
    says: 'it uses `helperRunning` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: 'an async generator that runs',
    task: () => laterRunning,
    says: 'it uses `laterRunning` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: 'an iterator of a map',
    task: () => iterator,
    says: `it uses \`iterator\` (Object, line LINE), which is an iterator in use. ${inArray}`,
  },
  {
    title: 'an iterator of an array',
    task: () => arrayIterator,
    says: `it uses \`arrayIterator\` (Object, line LINE), which is an iterator in use. ${inArray}`,
  },
  {
    title: 'an arguments object',
    task: () => argumentsObject,
    says: 'it uses `argumentsObject` (Object, line LINE), which is an arguments object. Use a rest parameter (...parameters).',
  },
  {
    title: 'a bound function of Intl',
    task: () => compareText('a', 'b'),
    says: 'it uses `compareText` (function, line LINE), which is a native function that no module exports. Wrap it in a function of your own that gets it in the worker.',
  },
  {
    title: 'a proxy',
    task: () => proxy,
    says: 'it uses `proxy` (Proxy, line LINE), which is a proxy. Pass the object behind it.',
  },
  {
    title: 'a proxy of a function',
    task: (value: number) => functionProxy(value),
    says: 'it uses `functionProxy` (function, line LINE), which is a proxy. Pass the object behind it.',
  },
  {
    title: 'a proxy in an array',
    task: () => hidesProxy,
    says: 'it uses `hidesProxy` (Object, line LINE), which holds a proxy (`hidesProxy.list[0]`). Pass the object behind it.',
  },
  {
    title: 'a number format',
    task: () => format,
    says: `it uses \`format\` (NumberFormat, line LINE), which is a native object (NumberFormat). ${make}`,
  },
  {
    title: 'a segmenter',
    task: () => segmenter,
    says: `it uses \`segmenter\` (Segmenter, line LINE), which is a native object (Segmenter). ${make}`,
  },
  {
    title: 'an instance with private members',
    task: () => secret,
    says: 'it uses `secret` (Secret, line LINE), which is an instance of `Secret`, which has private members. Pass its data and make it in the task, or make it in the worker with perWorker(() => new Secret(…)).',
  },
  {
    title: 'an instance with inherited private members',
    task: () => secretChild,
    says: 'it uses `secretChild` (SecretChild, line LINE), which is an instance of `Secret`, which has private members. Pass its data and make it in the task, or make it in the worker with perWorker(() => new Secret(…)).',
  },
  {
    title: 'an instance of an imported class with private members',
    task: () => importedSecret,
    says: 'it uses `importedSecret` (WithSecret, line LINE), which is an instance of `WithSecret`, which has private members. Pass its data and make it in the task, or make it in the worker with perWorker(() => new WithSecret(…)).',
  },
  {
    title: 'a native function of no module',
    task: createResolver(),
    says: 'it is a native function that no module exports. Wrap it in a function of your own that gets it in the worker.',
  },
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

/** Captured on the spot by the test, as it is initialised when the module is. */
export const captureEarly = (resolve: (task: () => unknown) => unknown): unknown => {
  const task = (): unknown => tooEarly;
  const result = resolve(task);
  const tooEarly = key;
  return tooEarly === key ? result : undefined;
};

function createResolver(): () => unknown {
  let own: () => unknown = () => undefined;
  void new Promise((resolve) => {
    own = resolve as () => unknown;
  });
  return own;
}
