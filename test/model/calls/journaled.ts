import { join } from 'node:path';
import { readJournal } from '../../../src/index.ts';
import type { Ground } from './call.ts';
import type { End } from '../judge.ts';
import { describe } from '../judge.ts';
import type { Program, RunCall, SpawnCall } from '../programs/program.ts';
import { Hang, type Watch } from '../watch.ts';

let journals = 0;

/** Place where a call is kept, to be gone on with. */
export interface Kept {
  readonly options: { readonly journal: string } | { readonly runId: string };
  /** The file, unless a broker keeps it. */
  readonly path: string | undefined;
}

/** Gives a call what keeps it: a journal, or a name on a cluster. */
export function keepCall({ folder, nameRun }: Ground): Kept {
  if (nameRun !== undefined) return { options: { runId: nameRun() }, path: undefined };
  const path = openJournalPath({ folder });
  return { options: { journal: path }, path };
}

export function openJournalPath({ folder }: Pick<Ground, 'folder'>): string {
  return join(folder, `${journals++}.journal`);
}

type Work = Exclude<Program, SpawnCall | RunCall>;

/** Makes the call again without what cut it off: it has to come to its end. */
export function undisturbed<C extends Work>(call: C): C {
  const { input, options } = call;
  return {
    ...call,
    input: { ...input, failsAt: undefined },
    options: { ...options, abort: undefined },
    ...('reading' in call && { reading: { ...call.reading, leavesAfter: undefined } }),
  };
}

/** Checks that a journal says of a run what has become of it, where there is one. */
export async function checkJournal(
  watch: Watch,
  path: string | undefined,
  end: End,
  call: Work,
): Promise<void> {
  if (path === undefined) return;
  // What was aborted before it began has none, and `stop` ends a run that may have read on.
  if (call.options.abort?.at === 'before') return;
  if (call.items.acts.some(([, act]) => act.act === 'stop' || (act.act === 'yield' && act.end === 'stop')))
    return;
  try {
    const { isComplete } = await watch.settled('readJournal', readJournal(path));
    if (end.is === 'left' ? false : isComplete !== (end.is === 'done'))
      watch.report(`its journal says that isComplete is ${isComplete}, of a run that ${end.is}`);
  } catch (thrown) {
    if (thrown instanceof Hang) throw thrown;
    // A run that was aborted at once may not have come to open it.
    if (end.is === 'done') watch.report(`its journal cannot be read: ${describe(thrown)}`);
  }
}

/** Resolves with the end of a promise. One that never settles is thrown on. */
export async function endOf(watch: Watch, what: string, running: Promise<unknown>): Promise<End> {
  try {
    await watch.settled(what, running);
    return { is: 'done' };
  } catch (reason) {
    if (reason instanceof Hang) throw reason;
    return { is: 'failed', reason };
  }
}
