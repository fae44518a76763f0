import { type CallSite, placeAt } from '../errors/call-site.ts';
import { assertTask } from './assert-task.ts';
import { isNode } from '../machine/host.ts';
import { requireOwn } from '../machine/own-files.ts';
import { CaptureError, type CaptureFailure } from './definition/capture-error.ts';
import {
  type CapturedTask,
  type MemberReads,
  readText,
  type TaskDefinition,
  type TaskReference,
} from './definition/definition.ts';
import { findImportedTask } from './handle/import-tasks.ts';
import { findRemoteMethod } from './handle/remote-method.ts';

type Inspect = typeof import('./capture/inspect-task.ts');
type FindExported = typeof import('./reference/find-exported.ts');

/** Set by the bundler, which puts the capturing half beside this file. */
declare const BUNDLED_INSPECT_TASK: string | undefined;
const INSPECT_TASK =
  typeof BUNDLED_INSPECT_TASK === 'string' ? BUNDLED_INSPECT_TASK : '../../bundle/inspect-task.cjs';

/** Set by the bundler as well. */
declare const BUNDLED_FIND_EXPORTED: string | undefined;
const FIND_EXPORTED =
  typeof BUNDLED_FIND_EXPORTED === 'string' ? BUNDLED_FIND_EXPORTED : './reference/find-exported.js';

let inspect: Inspect | undefined;
const references = new WeakMap<object, TaskReference>();

/**
 * Finds out how a task can reach a worker: by import where a module exports it, otherwise with all that it uses.
 *
 * @remarks
 * A reference is found once per function. A capture is made anew at each call, because the values of the moment travel.
 * The first function costs some 6 ms, for the inspector, where it is exported; the first closure some 30, with the
 * parser, and 20 to 50 more when it was written in a file that is not on the stack.
 *
 * @param site - The call that it is for, whose line the errors show.
 * @param isMaker - Whether it makes an object to spawn: what is a constructor is called with `new` then.
 *
 * @throws TypeError when `task` is no function, and CaptureError when it uses something that cannot travel.
 */
export function resolveTask(
  task: unknown,
  site: CallSite = {},
  isMaker = false,
): TaskDefinition | Promise<TaskDefinition> {
  assertTask(task);
  const method = findRemoteMethod(task);
  if (method !== undefined) {
    throw new TypeError(
      `\`${method.name}\` is a method of a spawned object, which runs on the object's own thread: ` +
        `pass it to pipeline(…).cpu(), or call it.`,
    );
  }
  const reference = findKnownReference(task);
  if (reference !== undefined) return reference;
  const exported = findExported(task);
  if (exported !== undefined) return accept(task, exported, site);
  // The capturing half is loaded at the first need, and at once: the values of this moment travel, so nothing may be
  // awaited. As published it is CommonJS, since not every host gives an ES module to `require`, and its modules exist
  // twice: they share no state with this half but what stands in the registry of the thread.
  const answer = loadInspect().inspectTask(task, site.stack, isMaker);
  // An import has to be looked at, which takes a promise, on a host that has no inspector.
  if (answer instanceof Promise) return answer.then((found) => accept(task, found, site));
  return accept(task, answer, site);
}

/**
 * Captures the value that a call gives to its tasks, where it gives any, as a variable of a closure is captured. At the
 * first need this loads what captures.
 *
 * @throws CaptureError when something in it cannot travel.
 */
export function resolveStore(store: unknown, site: CallSite = {}): CapturedTask | undefined {
  if (store === undefined) return undefined;
  const answer = loadInspect().inspectStore(store, site.stack);
  if (answer.kind !== 'failure') return answer;
  throw placeAt(new CaptureError(answer.message, answer, { cause: answer.cause }), site);
}

/** Returns the reference to a task that was found before, or that is a handle; `undefined` for all others. */
export function findKnownReference(task: Function): TaskReference | undefined {
  return findImportedTask(task) ?? references.get(task);
}

/**
 * Lists the members that a function reads off one of its parameters, where its text says that it does nothing else with
 * it; `undefined` otherwise, and for a function whose text is not here.
 *
 * @param position - Number of the parameter, from 0.
 */
export function listMemberReads(task: unknown, position: number): MemberReads | undefined {
  if (typeof task !== 'function' || findImportedTask(task) !== undefined) return undefined;
  const text = readText(task);
  const names = loadInspect().listReads(text, position);
  return names === undefined ? undefined : { text, names };
}

/**
 * Finds the export that a function is, without the capturing half, while that is not loaded. A function without a name
 * stands where the call is made: it would be looked at in vain.
 */
function findExported(task: Function): TaskReference | undefined {
  if (inspect !== undefined || !isNode || task.name === '') return undefined;
  const { findExported: find } = requireOwn(FIND_EXPORTED, import.meta.url) as FindExported;
  return find(task);
}

function loadInspect(): Inspect {
  return (inspect ??= requireOwn(INSPECT_TASK, import.meta.url) as Inspect);
}

function accept(task: Function, answer: TaskDefinition | CaptureFailure, site: CallSite): TaskDefinition {
  if (answer.kind === 'failure') {
    const options = answer.cause === undefined ? undefined : { cause: answer.cause };
    throw placeAt(new CaptureError(answer.message, answer, options), site);
  }
  if (answer.kind === 'reference') references.set(task, answer);
  return answer;
}
