import type { CaptureProblem } from './capture-error.ts';
import type { TaskDefinition } from './definition.ts';
import { captureTask } from './capture/capture.ts';
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
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'failure', ...describeRefusal(task.name, error), fix: error.fix, cause: error.cause };
  }
}
