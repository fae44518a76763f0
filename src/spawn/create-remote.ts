import { isReserved } from '../wire/remote/reserved.ts';
import { type RemoteMethod, remoteMethodKey } from '../task/handle/remote-method.ts';
import type { CallSite } from './thread/failures.ts';
import type { ObjectGroup } from './thread/object-group.ts';
import { registerGroup } from './registry.ts';
import { findDisposalSymbol } from '../realm/disposal.ts';
import { keepHere } from '../realm/stays-here.ts';

/** The most members that are kept by name: names are those of a program, unless it makes them up. */
const MOST_KEPT = 1000;

/** Target of the proxy, whose name the debugger shows for an object that is elsewhere. */
class RemoteObject {}

const FIX =
  'It is called from the thread that spawned it: call it with the results, or pass its method to pipeline(…).cpu().';

const asyncDispose = findDisposalSymbol('asyncDispose');

/** Makes the object that stands for the one on the other thread. */
export function createRemote(group: ObjectGroup): object {
  const members = new Members(group, []);
  const dispose = (): Promise<void> => group.close();
  const remote = new Proxy(new RemoteObject(), {
    get: (_, name) => {
      if (typeof name === 'string') return members.get(name);
      if (name === asyncDispose) return dispose;
      return name === Symbol.toPrimitive ? refusePrimitive : undefined;
    },
    set: refuseSet,
    defineProperty: refuseSet,
    deleteProperty: refuseSet,
  });
  registerGroup(remote, group);
  return keepHere(remote, { noun: 'a spawned object', fix: FIX });
}

/** The members of an object, or of a property of it, that were asked for so far. */
class Members {
  readonly #group: ObjectGroup;
  readonly #path: readonly string[];
  readonly #known = new Map<string, object>();

  constructor(group: ObjectGroup, path: readonly string[]) {
    this.#group = group;
    this.#path = path;
  }

  get(name: string): object | undefined {
    // The language asks for `then` and `toJSON` by itself; reserved names lead to what all objects share.
    if (name === 'then' || name === 'toJSON' || isReserved(name)) return undefined;
    let member = this.#known.get(name);
    if (member === undefined) {
      member = createMember(this.#group, [...this.#path, name]);
      if (this.#known.size < MOST_KEPT) this.#known.set(name, member);
    }
    return member;
  }
}

/** Makes a method to be called, or a property to be awaited: which of the two only the other side knows. */
function createMember(group: ObjectGroup, path: readonly string[]): object {
  const members = new Members(group, path);
  const call = (...args: readonly unknown[]): Promise<unknown> =>
    group.ask({ kind: 'call', path, args }, captureSite(call));
  const method: RemoteMethod = { name: path.join('.'), instances: group.size, call };
  const then: PromiseLike<unknown>['then'] = (onValue, onFailure) =>
    group.ask({ kind: 'get', path }, captureSite(then)).then(onValue, onFailure);
  const member = new Proxy(call, {
    get: (_, name) => {
      if (name === Symbol.toPrimitive) return refusePrimitive;
      if (typeof name === 'symbol') return name === remoteMethodKey ? method : undefined;
      if (name === 'then') return then;
      // A member is bound to its object already.
      if (name === 'bind') return () => member;
      return members.get(name);
    },
    set: refuseSet,
    defineProperty: refuseSet,
    deleteProperty: refuseSet,
  });
  return keepHere(member, { noun: 'a method of a spawned object', fix: FIX });
}

/**
 * Refuses to make text or a number, which are made at once: without this, the language would call `toString` and
 * `valueOf` over there.
 */
function refusePrimitive(): never {
  throw new TypeError(
    'A spawned object lives on another thread, so it is no text and no number here. Await what it has: `${await object.name}`.',
  );
}

function refuseSet(_: object, name: string | symbol): never {
  throw new TypeError(
    `\`${String(name)}\` lives on another thread, where setting it may fail: use \`await spawn.set(object, '${String(name)}', value)\`.`,
  );
}

/** Frames of a call's stack: enough for the user's line, at half the cost of Node's ten from a deep place. */
const FRAMES = 4;

/** Captures the user's line, for the stacks of errors. Cost: 2 µs. */
function captureSite(caller: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = FRAMES;
    Error.captureStackTrace(site, caller);
    Error.stackTraceLimit = stackTraceLimit;
  } catch {
    // The limit of frames stays as it is where intrinsics are frozen.
    Error.captureStackTrace(site, caller);
  }
  return site;
}
