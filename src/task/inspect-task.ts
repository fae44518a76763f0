import type { CaptureProblem } from './capture-error.ts';
import type { TaskDefinition } from './definition.ts';
import { readScript } from './locate/script.ts';
import { inspectFunction } from './locate/session.ts';
import { findBuiltinExport, findReference } from './reference.ts';

/** Why a function cannot travel, as data. */
export interface CaptureFailure extends CaptureProblem {
  readonly kind: 'failure';
  readonly message: string;
  readonly cause: unknown;
}

/** Finds out how a function can reach a worker, in a process where the inspector may be used. */
export function inspectTask(task: Function): TaskDefinition | CaptureFailure {
  const inspected = inspectFunction(task);
  const script = inspected.position && readScript(inspected.position.scriptId);
  const isNative = script === undefined || script.url.startsWith('node:');
  const reference = isNative ? findBuiltinExport(task) : findReference(task, inspected, script);
  if (reference !== undefined) return reference;
  return {
    kind: 'failure',
    message: `\`${task.name}\` cannot travel yet`,
    path: task.name,
    reason: 'is not exported',
    fix: 'Export it.',
    cause: undefined,
  };
}
