import { CloneError, ItemError, type Pool, type Settled, TaskError, WorkerError } from 'telar';
import { makeUndecodable } from '../../fixtures/tasks/undecodable.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { answerOf } from '../tasks/misbehave.ts';
import { readStarts } from '../tasks/record.ts';
import { type Blow, type SabotagedItem, sabotageAndWait, type WorkerStage } from '../tasks/sabotage.ts';
import type { Scenario, Trial } from '../trial/trial.ts';

type Stage = 'clone out' | 'decode' | WorkerStage;

/** One cell of the table: what goes wrong where, and what becomes of the item that did it. */
interface Row {
  readonly stage: Stage;
  readonly blow: Blow;
  /** The class of its error; `undefined` where the item itself is done by then. */
  readonly fails: (new (...args: never[]) => ItemError) | undefined;
  readonly reason?: string;
}

const rows: readonly Row[] = [
  { stage: 'clone out', blow: 'error', fails: CloneError },
  { stage: 'decode', blow: 'error', fails: CloneError },
  { stage: 'decode', blow: 'crash', fails: WorkerError, reason: 'out-of-memory' },
  { stage: 'run', blow: 'error', fails: TaskError },
  { stage: 'run', blow: 'exit', fails: WorkerError, reason: 'exit' },
  { stage: 'run', blow: 'crash', fails: WorkerError, reason: 'out-of-memory' },
  { stage: 'clone back', blow: 'error', fails: CloneError },
  { stage: 'clone back', blow: 'exit', fails: WorkerError, reason: 'exit' },
  { stage: 'clone back', blow: 'crash', fails: WorkerError, reason: 'out-of-memory' },
  { stage: 'decode back', blow: 'error', fails: CloneError },
  { stage: 'between items', blow: 'error', fails: undefined },
  { stage: 'between items', blow: 'exit', fails: undefined },
  { stage: 'between items', blow: 'crash', fails: undefined },
];

/** loky's table: a fault at every stage of a message's life, with few workers and with many. */
export const messageLife: Scenario = {
  name: 'message-life',
  claim: 'a fault at any stage of a message costs the item that caused it, and no other',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    const folder = await makeFolder('chaos');
    const found: Found = { cells: 0, wrong: [], harmed: [], twice: [] };
    try {
      for (const workers of trial.isShort ? [2] : [1, 2, 5, 13]) {
        const options = { workers, grace: 10, resourceLimits: { maxOldGenerationSizeMb: 24 } };
        await trial.withPool(options, async (pool) => {
          for (const row of rows) {
            for (const chunkSize of trial.isShort ? [6] : [1, 6])
              await tryRow(trial, pool, row, chunkSize, folder, found);
          }
        });
      }
    } finally {
      await removeFolder(folder);
    }
    const { figures } = trial;
    figures.exactly('cells of the table tried', found.cells, rows.length * (trial.isShort ? 1 : 8));
    figures.none('culprits with another outcome', found.wrong);
    figures.none('innocents harmed', found.harmed);
    figures.none('items run twice, with chunkSize 1', found.twice);
  },
};

interface Found {
  cells: number;
  readonly wrong: string[];
  readonly harmed: string[];
  readonly twice: string[];
}

async function tryRow(
  trial: Trial,
  pool: Pool,
  row: Row,
  chunkSize: number,
  folder: string,
  found: Found,
): Promise<void> {
  const name = `${row.stage} × ${row.blow}, ${pool.workers} workers, chunks of ${chunkSize}`;
  const record = `${folder}/${found.cells++}`;
  const count = 3 * pool.workers + 13;
  const culprit = trial.random.below(count);
  const items = Array.from({ length: count }, (_, id) => makeItem(trial, row, id, id === culprit, record));
  // What an item leaves behind may end its worker while another is at work, which needs a second try; and again when
  // the first had not been reported and so runs again.
  const retries = row.stage === 'between items' && row.blow !== 'error' ? chunkSize : 0;
  const outcomes = await trial.settled(items, sabotageAndWait, { pool, chunkSize, retries });
  const starts = readStarts(record);
  for (const { id } of items) {
    const outcome = outcomes[id];
    if (outcome === undefined) {
      trial.score.lost++;
      found.harmed.push(`${name}: item ${id} is lost`);
    } else if (id === culprit && row.fails !== undefined) {
      const problem = findProblem(row, outcome, id, trial);
      if (problem === undefined) continue;
      trial.score.unexpected++;
      found.wrong.push(`${name}: ${problem}`);
    } else if (!isAnswer(outcome, id)) {
      trial.score.unexpected++;
      found.harmed.push(`${name}: item ${id} ${describe(outcome)}`);
    } else if (outcome.attempts > 1) trial.score.recovered++;
    const most = retries + 1;
    if (chunkSize === 1 && (starts.get(id) ?? 0) > most) {
      trial.score.duplicated++;
      found.twice.push(`${name}: item ${id} ran ${starts.get(id)} times`);
    }
  }
}

function makeItem(
  { isolate }: Trial,
  row: Row,
  id: number,
  isCulprit: boolean,
  record: string,
): SabotagedItem {
  const { stage, blow } = row;
  if (!isCulprit) return { id, record, sabotage: undefined, load: undefined };
  if (stage === 'clone out') return { id, record, sabotage: undefined, load: () => {} };
  if (stage === 'decode') {
    return { id, record, sabotage: undefined, load: blow === 'error' ? makeUndecodable() : makeHuge() };
  }
  return { id, record, sabotage: { stage, blow, isProcess: isolate === 'process' }, load: undefined };
}

/** More than the heap of a worker holds. */
function makeHuge(): unknown {
  return Array.from({ length: 1_000_000 }, (_, position) => ({ position, text: `text ${position}` }));
}

function findProblem(
  { fails, reason: ofThread, stage, blow }: Row,
  outcome: Settled<unknown>,
  id: number,
  { isolate }: Trial,
): string | undefined {
  if (outcome.status !== 'rejected') return `item ${id} ${describe(outcome)}`;
  const error = outcome.reason;
  if (fails === undefined || !(error instanceof fails)) return `item ${id} ${describe(outcome)}`;
  if (error.index !== id) return `item ${id} has the error of item ${error.index}`;
  // What ends a process without a word is a signal; a thread has none of its own.
  const isSignal = isolate === 'process' && blow === 'crash' && stage !== 'decode';
  const reason = isSignal ? 'crash' : ofThread;
  if (reason === undefined || (error as Partial<WorkerError>).reason === reason) return undefined;
  return `item ${id} failed as ${(error as Partial<WorkerError>).reason ?? error.name} instead of ${reason}`;
}

function isAnswer(outcome: Settled<unknown>, id: number): boolean {
  if (outcome.status !== 'fulfilled') return false;
  return (outcome.value as { mixed?: unknown }).mixed === answerOf(id).mixed;
}

function describe(outcome: Settled<unknown>): string {
  return outcome.status === 'rejected' ? `was rejected: ${outcome.reason.message}` : `was ${outcome.status}`;
}
