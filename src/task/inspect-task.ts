import { captureTask } from './capture/capture.ts';
import type { CaptureFailure } from './capture-error.ts';
import type { TaskDefinition } from './definition.ts';
import { closeScripts } from './locate/script.ts';
import { InspectorError } from './locate/session.ts';
import { UnreadableError } from './source/analysis.ts';

/** Finds out how a function can reach a worker, in a process where the inspector may be used. */
export function inspectTask(task: Function): TaskDefinition | CaptureFailure {
  try {
    return captureTask(task);
  } catch (error) {
    if (error instanceof InspectorError || error instanceof UnreadableError)
      return describeFailure(task, error);
    throw error;
  } finally {
    closeScripts();
  }
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
