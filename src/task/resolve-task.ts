import { isPromise } from 'node:util/types';
import type { CallSite } from '../errors/call-site.ts';
import { readStack } from '../errors/stack.ts';
import { isNode } from '../machine/host.ts';
import { requireOwn } from '../machine/own-files.ts';
import { type CaptureFailure, createCaptureError } from './definition/capture-error.ts';
import type { CapturedTask, TaskDefinition, TaskReference } from './definition/definition.ts';
import { findImportedTask } from './handle/import-tasks.ts';
import { refuseRemoteMethod } from './handle/remote-method.ts';

type Capture = typeof import('./capture/capture.ts');
type FindExported = typeof import('./reference/find-exported.ts');

/** Set by the bundler, which puts the capturing half beside this file. */
declare const BUNDLED_CAPTURE: string | undefined;
const CAPTURE = typeof BUNDLED_CAPTURE === 'string' ? BUNDLED_CAPTURE : '../../bundle/capture.cjs';

/** Set by the bundler as well. */
declare const BUNDLED_FIND_EXPORTED: string | undefined;
const FIND_EXPORTED =
  typeof BUNDLED_FIND_EXPORTED === 'string' ? BUNDLED_FIND_EXPORTED : './reference/find-exported.js';

let capture: Capture | undefined;
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
 * @param isConstructed - Whether the worker calls the function with `new`, as it does to make an object to spawn.
 *
 * @throws TypeError for a method of a spawned object, and CaptureError when the task uses something that cannot travel.
 */
export function resolveTask(
  task: Function,
  site: CallSite = {},
  isConstructed = false,
): TaskDefinition | Promise<TaskDefinition> {
  const reference = findKnownReference(task) ?? findExported(task);
  if (reference !== undefined) return reference;
  refuseRemoteMethod(task);
  const accept = (answer: TaskDefinition | CaptureFailure): TaskDefinition => {
    if (answer.kind === 'failure') throw createCaptureError(answer, site);
    if (answer.kind === 'reference') references.set(task, answer);
    return answer;
  };
  // The capturing half is loaded at the first need, and at once: the values of this moment travel, so nothing may be
  // awaited. As published it is CommonJS, since not every host gives an ES module to `require`, and its modules exist
  // twice: they share no state with this half but what stands in the registry of the thread.
  const answer = loadCapture().captureTask(task, readStack(site), isConstructed);
  // An import has to be looked at, which takes a promise, on a host that has no inspector.
  return isPromise(answer) ? answer.then(accept) : accept(answer);
}

/**
 * Captures the value that a call gives to its tasks, where it gives any, as a variable of a closure is captured. At the
 * first need this loads what captures.
 *
 * @throws CaptureError when something in it cannot travel.
 */
export function resolveStore(store: unknown, site: CallSite = {}): CapturedTask | undefined {
  if (store === undefined) return undefined;
  const answer = loadCapture().captureStore(store, readStack(site));
  if (answer.kind === 'failure') throw createCaptureError(answer, site);
  return answer;
}

/** Returns the reference to a task that was found before, or that is a handle; `undefined` for all others. */
export function findKnownReference(task: Function): TaskReference | undefined {
  return findImportedTask(task) ?? references.get(task);
}

/**
 * Finds the export that a function is, without the capturing half, while that is not loaded. A function without a name
 * stands where the call is made: it would be looked at in vain.
 */
function findExported(task: Function): TaskReference | undefined {
  if (capture !== undefined || !isNode || task.name === '') return undefined;
  const { findExported: find } = requireOwn(FIND_EXPORTED, import.meta.url) as FindExported;
  const reference = find(task);
  if (reference !== undefined) references.set(task, reference);
  return reference;
}

/** Loads the half that captures, at the first need. */
export function loadCapture(): Capture {
  return (capture ??= requireOwn(CAPTURE, import.meta.url) as Capture);
}
