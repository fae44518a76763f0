import { CaptureError } from '../../task/definition/capture-error.ts';
import type { TaskDefinition, TaskReference } from '../../task/definition/definition.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import type { RunHead, TaskName } from '../message/messages.ts';
import { nameTask } from './name-task.ts';
import { listChainTasks, encodeChain } from './sent-chain.ts';
import { computeVersion } from './version.ts';

const FIX =
  'Export it from a module, start the nodes with that module (npx telar worker --tasks ./tasks.js), and import it from there.';
const REASON = 'is no export of a module, and nodes of a cluster run only what they were started with';

/** Longest list of names that a dashboard shows. */
const MOST_NAMED = 200;

/** Time limits of a run: of its task, or of each stage. */
export type Limits = number | readonly (number | undefined)[] | undefined;

/**
 * Returns what identifies a run's task, or the stages of a pipeline, at nodes.
 *
 * @param build - The version, where the program was given one; else the content of each module is.
 *
 * @throws CaptureError for a function that is no export of a module: source text from a network is never run.
 */
export async function identifyRun(
  definition: WorkDefinition | undefined,
  limits: Limits,
  build: string | undefined,
): Promise<RunHead> {
  if (definition?.kind !== 'chain') {
    const { task, version } = await nameAtNodes(definition, build);
    return { v: 1, task, version, timeout: limits as number | undefined };
  }
  const tasks = await Promise.all(listChainTasks(definition).map((task) => nameAtNodes(task, build)));
  const [first] = tasks;
  const names = tasks.map(({ task }) => task).join('>');
  return {
    v: 1,
    task: names.slice(0, MOST_NAMED),
    version: first?.version ?? '',
    tasks,
    limits: Array.isArray(limits) ? (limits as number[]).map((limit) => limit ?? null) : [],
    chain: encodeChain(definition),
  };
}

/** Tells whether work needs nothing that nodes were started with: stages that only read and write records. */
export function needsNoTasks(definition: WorkDefinition): boolean {
  return definition.kind === 'chain' && listChainTasks(definition).length === 0;
}

async function nameAtNodes(task: TaskDefinition | undefined, build: string | undefined): Promise<TaskName> {
  const { url, name } = assertReference(task);
  return { task: nameTask({ kind: 'reference', url, name }), version: build ?? (await computeVersion(url)) };
}

function assertReference(task: TaskDefinition | undefined): TaskReference {
  if (task?.kind === 'reference') return task;
  const name = task?.name ?? '';
  const shown = name === '' ? 'A function' : `\`${name}\``;
  throw new CaptureError(`${shown} cannot travel to other machines: it ${REASON}. ${FIX}`, {
    path: name === '' ? 'task' : name,
    reason: REASON,
    fix: FIX,
  });
}
