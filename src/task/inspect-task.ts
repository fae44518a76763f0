import type { CaptureProblem } from './capture-error.ts';
import type { TaskDefinition } from './definition.ts';
import { captureTask } from './capture/capture.ts';
import { InspectorError } from './locate/session.ts';
import { describeRefusal, Refusal } from './capture/refusal.ts';

/** Why a function cannot travel, as data. */
export interface CaptureFailure extends CaptureProblem {
  readonly kind: 'failure';
  readonly message: string;
  readonly cause: unknown;
}

/** Finds out how a function can reach a worker, in a process where the inspector may be used. */
export function inspectTask(task: Function): TaskDefinition | CaptureFailure {
  try {
    return captureTask(task);
  } catch (error) {
    if (error instanceof InspectorError) return describeDenial(task, error);
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'failure', ...describeRefusal(task.name, error), fix: error.fix, cause: error.cause };
  }
}

/** Without the inspector nothing is known of a function but its text. */
function describeDenial({ name }: Function, { message, cause }: InspectorError): CaptureFailure {
  const head = name === '' ? 'The task' : `\`${name}\``;
  const reason = `it takes Node's inspector to see what it uses, and this process denies it (${message})`;
  const flag = process.allowedNodeEnvironmentFlags.has('--allow-inspector')
    ? ', or allow it with --allow-inspector'
    : '';
  const fix = `Export the task from a module and name it with importTasks()${flag}.`;
  return {
    kind: 'failure',
    message: `${head} cannot travel to a worker: ${reason}. ${fix}`,
    path: name,
    reason,
    fix,
    cause,
  };
}
