import { closeUnread } from '../async/open-iterator.ts';
import type { CallSite } from '../errors/call-site.ts';
import { orderByCost } from '../flow/chunk/cost.ts';
import { createRunJournal, type RunJournal } from '../flow/journal/run-journal.ts';
import { launch, type LaunchedRun, type RunForm } from '../flow/launch/launch.ts';
import { findAdmission } from '../flow/pool/pool.ts';
import { type Input, openSource } from '../flow/source/open-source.ts';
import type { Source } from '../flow/source/source.ts';
import type { MapOptions } from '../options/call-options.ts';
import { resolveJournal } from '../options/journal-option.ts';
import { resolveRetries } from '../options/retries.ts';
import type { TaskDefinition } from '../task/definition/definition.ts';
import { resolveTask } from '../task/resolve-task.ts';

/** Composes the run of one task over an input, with its journal where one was asked for. */
export function launchTask(
  input: Input<unknown>,
  task: Function,
  options: MapOptions<never>,
  form: RunForm,
  callSite: CallSite,
): LaunchedRun {
  let source: Source | undefined;
  let leave: (() => void) | undefined;
  try {
    options.signal?.throwIfAborted();
    leave = options.pool && findAdmission(options.pool)?.enter(callSite);
    const declared = options.cost === undefined ? undefined : orderByCost(input, options.cost);
    source = openSource(input, declared?.order);
    const settings = resolveJournal(options.journal);
    const described = describeCall(input, options, form);
    const keepsFailures = form.onFailure === 'keep';
    const journal =
      settings &&
      createRunJournal({
        settings,
        source,
        ...described,
        store: options.store,
        keepsFailures,
        order: declared?.order,
      });
    const resolve = (): TaskDefinition | Promise<TaskDefinition> => resolveTask(task, callSite);
    // The journal is told by the task what it may be used for.
    const open = async (opened: RunJournal): Promise<TaskDefinition> => {
      const definition = await resolve();
      await opened.open(definition);
      return definition;
    };
    const call = {
      source: journal?.source ?? source,
      declared,
      listener: journal,
      suspects: journal?.suspects,
      name:
        options.runId === undefined
          ? undefined
          : { id: options.runId, keep: options.keep, keepsFailures, ...described },
      options,
      timeout: options.timeout,
      form,
      callSite,
    };
    const launched = launch(call, {
      define: journal === undefined ? resolve : () => open(journal),
      key: task,
    });
    journal?.attach(launched.run);
    if (leave !== undefined) launched.run.finished.then(leave, leave);
    return launched;
  } catch (thrown) {
    leave?.();
    // The input was handed over, and nobody else would close it. It is told to close, and not waited for.
    (source?.close() ?? closeUnread(input)).catch(() => {});
    throw thrown;
  }
}

/** Describes what, beside the items and the task, makes a difference to the outcomes. */
function describeCall(
  input: unknown,
  { timeout, retries, cost }: MapOptions<never>,
  { onFailure }: RunForm,
): { input: string; options: string } {
  const isSized = Array.isArray(input) || ArrayBuffer.isView(input);
  const { length } = input as { length?: number };
  const kept = [onFailure === 'keep' ? 'settled' : 'results'];
  if (timeout !== undefined) kept.push(`timeout ${timeout}`);
  const { most } = resolveRetries(retries);
  if (most > 0) kept.push(`retries ${most}`);
  if (cost !== undefined) kept.push('cost');
  return {
    input: isSized
      ? `${(input as { constructor?: Function }).constructor?.name ?? 'list'} of ${length} items`
      : 'an iterable',
    options: kept.join(', '),
  };
}
