import { createRequire } from 'node:module';
import type { CaptureFailure } from './capture-error.ts';
import type { TaskDefinition, TaskReference } from './definition.ts';
import { closeScripts, readScript } from './locate/script.ts';
import { InspectorError, inspectFunction } from './locate/session.ts';
import { findReference } from './reference/find-reference.ts';
import { UnreadableError } from './source/analysis.ts';

type Capture = typeof import('./capture/capture.ts');

let capture: Capture | undefined;

/** Finds out how a function can reach a worker, in a process where the inspector may be used. */
export function inspectTask(task: Function): TaskDefinition | CaptureFailure {
  try {
    // A program that only passes exported functions does without the rest.
    const reference = capture === undefined ? findTask(task) : undefined;
    if (reference !== undefined) return reference;
    capture ??= createRequire(import.meta.url)('./capture/capture.js') as Capture;
    return capture.captureTask(task);
  } catch (error) {
    if (error instanceof InspectorError || error instanceof UnreadableError)
      return describeFailure(task, error);
    throw error;
  } finally {
    closeScripts();
  }
}

function findTask(task: Function): TaskReference | undefined {
  const inspected = inspectFunction(task);
  const script = inspected.position && readScript(inspected.position.scriptId);
  return script && findReference(task, inspected, script);
}

/** Without the inspector or the syntax, nothing is known of a function but its text. */
function describeFailure({ name }: Function, { message, cause }: Error): CaptureFailure {
  const head = name === '' ? 'The task' : `\`${name}\``;
  const fix = 'Export the task from a module, and name it with importTasks().';
  return {
    kind: 'failure',
    message: `${head} cannot travel to a worker: ${message}. ${fix}`,
    path: name,
    reason: message,
    fix,
    cause,
  };
}
