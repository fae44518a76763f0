import { captureStore, captureTask } from './capture.ts';
import type { CaptureFailure } from '../definition/capture-error.ts';
import type { CapturedTask, TaskDefinition } from '../definition/definition.ts';
import { InspectorError, lacksInspector } from '../locate/connection.ts';
import { closeScripts } from '../locate/read-script.ts';
import { learnFile } from '../source/unseen/read-file.ts';
import { findCallFile } from '../source/unseen/read-function.ts';
import { findImported } from '../reference/find-imported.ts';
import { UnreadableError } from '../source/analysis.ts';

export { listReads } from '../source/list-reads.ts';

type Answer = TaskDefinition | CaptureFailure;

/** Facts about a function that can be known at once. */
interface FirstLook {
  readonly callFile: string;
  readonly isMaker: boolean;
  readonly answer: Answer;
}

/**
 * Finds out how a function can reach a worker.
 *
 * @param stack - Of the call: on a host that has no inspector, a function is looked for in the file that made it.
 * @param isMaker - Whether what is a constructor is called with `new`.
 */
export function inspectTask(task: Function, stack?: string, isMaker = false): Answer | Promise<Answer> {
  const callFile = findCallFile(stack);
  const answer = inspect(task, callFile, isMaker);
  if (answer.kind === 'reference' || callFile === undefined || !lacksInspector()) return answer;
  return findLater(task, { callFile, isMaker, answer });
}

/**
 * Captures a value that is no task.
 *
 * @param stack - Of the call: where there is no inspector, functions are looked for in the file that made it.
 */
export function inspectStore(store: unknown, stack?: string): CapturedTask | CaptureFailure {
  try {
    return captureStore(store, findCallFile(stack));
  } catch (error) {
    if (error instanceof InspectorError || error instanceof UnreadableError)
      return describeFailure({ name: 'store' } as Function, error);
    throw error;
  } finally {
    closeScripts();
  }
}

/** Finds out on a host that has no inspector what cannot be known at once. No values are read, but those of properties. */
async function findLater(task: Function, { callFile, isMaker, answer }: FirstLook): Promise<Answer> {
  const found = await findImported(task, callFile);
  if (found !== undefined) return found;
  return answer.kind === 'failure' && (await learnFile(callFile)) ? inspect(task, callFile, isMaker) : answer;
}

function inspect(task: Function, callFile: string | undefined, isMaker: boolean): Answer {
  try {
    return captureTask(task, callFile, isMaker);
  } catch (error) {
    if (error instanceof InspectorError || error instanceof UnreadableError)
      return describeFailure(task, error);
    throw error;
  } finally {
    closeScripts();
  }
}

/** Explains why a function cannot travel: without the inspector or the syntax, nothing is known of it but its text. */
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
