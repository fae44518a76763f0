import { CaptureError } from '../../task/definition/capture-error.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import type { RunHead } from '../message/messages.ts';
import { nameTask } from './name-task.ts';
import { computeVersion } from './version.ts';

const FIX =
  'Export it from a module, start the nodes with that module (npx telar worker --tasks ./tasks.js), and import it from there.';

/**
 * Returns what identifies a run's task at nodes.
 *
 * @param build - The version, where the program was given one; else the content of the module is.
 *
 * @throws CaptureError for a task that is no export of a module: source text from a network is never run.
 */
export async function identifyRun(
  definition: WorkDefinition | undefined,
  timeout: number | undefined,
  build: string | undefined,
): Promise<RunHead> {
  if (definition?.kind !== 'reference') {
    const name = definition?.kind === 'captured' ? `\`${definition.name}\`` : 'A stage of a pipeline';
    const reason = 'is no export of a module, and nodes of a cluster run only what they were started with';
    throw new CaptureError(`${name} cannot travel to other machines: it ${reason}. ${FIX}`, {
      path: name,
      reason,
      fix: FIX,
    });
  }
  const version = build ?? (await computeVersion(definition.url));
  return { v: 1, task: nameTask(definition), version, timeout };
}
