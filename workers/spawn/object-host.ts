import type { MessagePort } from 'node:worker_threads';
import type { TaskFunction } from '../../src/task/definition/definition.ts';
import { importModule } from '../../src/task/revive/load-module.ts';
import { disposeWorkerValues, reviveTask } from '../../src/task/revive-task.ts';
import { encodeThrown } from '../../src/wire/values/error.ts';
import { RequestChannel } from '../../src/wire/remote/request-channel.ts';
import {
  type SentArguments,
  type ProxyRequest,
  type ObjectDefinition,
  type ObjectRequest,
  type RequestOutcome,
  STAGE_LOADED,
  STAGE_LOADING,
} from '../../src/wire/remote/protocol.ts';
import { findIterator, ServedStreams } from '../../src/wire/remote/served-streams.ts';
import { type CallProxies, Proxies } from './proxies.ts';
import { isThenable } from '../userland/is-thenable.ts';
import { enterUserland, insideUserland, leaveUserland, outsideUserland } from '../userland/userland.ts';
import { makeObject } from './make-object.ts';
import { type Member, reach } from './reach.ts';

// These functions are taken now, since the object may replace them.
const { apply, set } = Reflect;

/** The thread's end of a spawned object: makes the object, calls it, and disposes it. */
export class ObjectHost {
  readonly #channel: RequestChannel<ProxyRequest, ObjectRequest>;
  readonly #proxies = new Proxies((request) => this.#channel.ask(request));
  readonly #streams = new ServedStreams(() => ({ kind: 'gone' }), outsideUserland);
  readonly #stage: Int32Array;
  #object: object | undefined;

  /** @param stage - The cell of `ObjectStart`. */
  constructor(port: MessagePort, stage: Int32Array) {
    this.#stage = stage;
    this.#channel = new RequestChannel(port, {
      serve: (request: ObjectRequest) =>
        request.kind === 'call' ? this.#call(request.path, request.args) : this.#serve(request),
      onNote: (note) => this.#proxies.abort(note),
      // Nobody knows whose answer was lost: the end of the thread settles all that wait.
      onLost: (reason) => {
        throw new Error(reason);
      },
      guard: outsideUserland,
    });
  }

  async #serve(request: Exclude<ObjectRequest, { kind: 'call' }>): Promise<RequestOutcome> {
    switch (request.kind) {
      case 'start':
        this.#object = await this.#start(request.definition, request.args);
        return { kind: 'value', value: undefined };
      case 'get': {
        const object = this.#ready();
        const value = await insideUserland(() => readAt(object, request.path));
        return outsideUserland(() => this.#encode(value, undefined));
      }
      case 'set': {
        const object = this.#ready();
        await insideUserland(() => setAt(object, request.path, request.value));
        return { kind: 'value', value: undefined };
      }
      case 'dispose':
        return await this.#dispose();
      case 'next':
      case 'return':
      case 'throw':
        return await this.#streams.step(request);
    }
  }

  async #start(definition: ObjectDefinition, args: SentArguments): Promise<object> {
    const loaded = await this.#load(definition);
    // Changes that modules have made meanwhile are theirs from here on, as those that the object makes.
    leaveUserland();
    // The maker may keep its proxies: they end with the object.
    const filled = this.#proxies.create(args).args;
    enterUserland();
    return typeof loaded === 'function' ? await makeObject(loaded, filled) : readModule(loaded);
  }

  async #load(definition: ObjectDefinition): Promise<TaskFunction | Record<string, unknown>> {
    try {
      return await (definition.kind === 'module' ? importModule(definition.url) : reviveTask(definition));
    } finally {
      const stage = Atomics.compareExchange(this.#stage, 0, STAGE_LOADING, STAGE_LOADED);
      // The thread was dismissed: nobody waits for it any more, and nothing is under way that its end would cut off.
      if (stage !== STAGE_LOADING) process.exit();
    }
  }

  /** Calls a method, without a promise where the method gives none, which is half of what a short call costs here. */
  #call(path: readonly string[], sent: SentArguments): RequestOutcome | Promise<RequestOutcome> {
    const { args, proxies } = this.#proxies.create(sent);
    try {
      const object = this.#ready();
      const result = insideUserland(() => callAt(object, path, args));
      return isThenable(result) ? this.#await(result, proxies) : this.#finish(result, proxies);
    } catch (thrown) {
      return this.#fail(thrown, proxies);
    }
  }

  async #await(result: PromiseLike<unknown>, proxies: CallProxies | undefined): Promise<RequestOutcome> {
    let value: unknown;
    try {
      value = await result;
    } catch (thrown) {
      return outsideUserland(() => this.#fail(thrown, proxies));
    }
    return outsideUserland(() => this.#settle(value, proxies));
  }

  #settle(result: unknown, proxies: CallProxies | undefined): RequestOutcome {
    try {
      return this.#finish(result, proxies);
    } catch (thrown) {
      return this.#fail(thrown, proxies);
    }
  }

  #finish(result: unknown, proxies: CallProxies | undefined): RequestOutcome {
    const outcome = this.#encode(result, proxies);
    if (outcome.kind !== 'stream') proxies?.end();
    return outcome;
  }

  #fail(thrown: unknown, proxies: CallProxies | undefined): RequestOutcome {
    const aborted = findAborted(thrown, proxies);
    proxies?.end();
    return aborted ?? { kind: 'thrown', thrown: encodeThrown(thrown) };
  }

  /** Encodes a result. Iterators stay on this thread, and are read from the other. */
  #encode(value: unknown, proxies: CallProxies | undefined): RequestOutcome {
    if (typeof value !== 'object' || value === null) return { kind: 'value', value };
    const iterator = findIterator(value);
    if (iterator === undefined) return { kind: 'value', value };
    const onEnd = (): void => proxies?.end();
    const stream = this.#streams.add(iterator, onEnd, insideUserland, (thrown) =>
      findAborted(thrown, proxies),
    );
    return { kind: 'stream', stream };
  }

  async #dispose(): Promise<RequestOutcome> {
    const { [Symbol.asyncDispose]: disposeAsync, [Symbol.dispose]: dispose } = (this.#object ??
      {}) as Partial<AsyncDisposable & Disposable>;
    try {
      await this.#streams.closeAll();
    } finally {
      try {
        if (disposeAsync !== undefined)
          await insideUserland(() => disposeAsync.call(this.#object as AsyncDisposable));
        else if (dispose !== undefined) insideUserland(() => dispose.call(this.#object as Disposable));
      } finally {
        await outsideUserland(disposeWorkerValues);
      }
    }
    return { kind: 'value', value: undefined };
  }

  #ready(): object {
    if (this.#object === undefined) throw new Error('The object is not made yet.');
    return this.#object;
  }
}

/** Finds the outcome for a reason of one of the call's signals; `undefined` where something else was thrown. */
function findAborted(thrown: unknown, proxies: CallProxies | undefined): RequestOutcome | undefined {
  const signal = proxies?.findReason(thrown);
  return signal === undefined ? undefined : { kind: 'aborted', signal };
}

function callAt(object: object, path: readonly string[], args: readonly unknown[]): unknown {
  const member = reach(object, path);
  return 'holder' in member ? applyAt(member, path, args) : applyLater(member, path, args);
}

async function applyLater(
  member: Promise<Member>,
  path: readonly string[],
  args: readonly unknown[],
): Promise<unknown> {
  return await applyAt(await member, path, args);
}

function applyAt({ holder, value }: Member, path: readonly string[], args: readonly unknown[]): unknown {
  if (typeof value === 'function') return apply(value, holder, args) as unknown;
  throw new TypeError(`\`${path.join('.')}\` is no method of the object, but ${describeType(value)}.`);
}

async function readAt(object: object, path: readonly string[]): Promise<unknown> {
  const { value } = await reach(object, path);
  if (typeof value !== 'function') return await value;
  const name = path.join('.');
  throw new TypeError(`\`${name}\` is a method: call it, as in \`await object.${name}()\`.`);
}

async function setAt(object: object, path: readonly string[], value: unknown): Promise<void> {
  const { holder, name } = await reach(object, path);
  if (!set(holder, name, value)) throw new TypeError(`\`${path.join('.')}\` cannot be set.`);
}

function describeType(value: unknown): string {
  return value === undefined ? 'undefined' : `of type ${value === null ? 'null' : typeof value}`;
}

/** Returns the exports of a module. A CommonJS module has all on `default` where its text does not tell them. */
function readModule(namespace: Record<string, unknown>): object {
  const { default: main } = namespace;
  const isAlone = Object.keys(namespace).every((name) => name === 'default' || name === 'module.exports');
  return isAlone && typeof main === 'object' && main !== null ? main : namespace;
}
