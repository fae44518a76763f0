import type { Transferable } from 'node:worker_threads';
import { describeThrown } from '../../src/wire/values/error.ts';
import type { AnswerMessage, SessionPort } from '../../src/wire/message/message.ts';
import type { Mark } from '../../src/wire/message/outcome.ts';
import { type Packed, packValues } from '../../src/wire/pack/pack.ts';
import { collectTransfers, forgetMarks } from '../../src/wire/values/transfer.ts';
import { type CloneAttempt, findUncloneable } from '../../src/wire/values/uncloneable.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChunkRun } from './run-chunk.ts';

/** Sends the outcomes of a chunk. Results that cannot cross become failures of their items, the others arrive. */
export function postAnswer(port: SessionPort, run: ChunkRun, compute: number, load: number): void {
  const marks = run.marks.length > 0 ? run.marks : undefined;
  if (run.chain !== undefined) {
    postPayload(port, run, run.chain, marks, compute, load);
    return;
  }
  try {
    postValues(port, run, marks, compute, load);
  } catch (thrown) {
    const uncloneable = removeUncloneable(run, port.tryClone);
    if (uncloneable.length === 0) {
      // No single result is at fault, so all are: too large together, or with one thing handed over twice.
      const values = run.values.toArray();
      values.forEach((_, at) => {
        uncloneable.push({ at, kind: 'uncloneable', path: 'result', reason: describeThrown(thrown) });
      });
      values.fill(undefined);
    }
    const failed = new Set(uncloneable.map(({ at }) => at));
    const others = run.marks.filter(({ at }) => !failed.has(at));
    const values = packValues(run.values.toArray(), new Set());
    port.postMessage(createAnswer(run, [...others, ...uncloneable], compute, load, values));
  }
}

const NO_VALUES: Packed = { kind: 'values', values: [] };

/** Sends the results of the stages of a pipeline for the chunk. */
function postPayload(
  port: SessionPort,
  { chunk, ran, bytes }: ChunkRun,
  chain: Chain,
  marks: readonly Mark[] | undefined,
  compute: number,
  load: number,
): void {
  for (;;) {
    try {
      const transfers = new Set<Transferable>();
      const payload = chain.finish(transfers);
      const answer = {
        type: 'answer',
        chunk,
        ran,
        values: NO_VALUES,
        payload,
        marks,
        bytes,
        compute,
        load,
      } as const;
      port.postMessage(answer satisfies AnswerMessage, [...transfers]);
      return;
    } catch (thrown) {
      chain.removeUncloneable(thrown);
    }
  }
}

function postValues(
  port: SessionPort,
  run: ChunkRun,
  marks: readonly Mark[] | undefined,
  compute: number,
  load: number,
): void {
  const { values } = run;
  const handover = values.mayHoldMarks ? collectTransfers(values.toArray()) : undefined;
  const transfers = new Set<Transferable>(handover?.list);
  const packed = values.pack(transfers);
  port.postMessage(createAnswer(run, marks, compute, load, packed), [...transfers]);
  if (handover !== undefined) forgetMarks(handover);
}

/**
 * Makes an answer field by field: where fields are added to what was spread, Node 20 makes a hidden class for each
 * object.
 */
function createAnswer(
  { chunk, ran, bytes }: ChunkRun,
  marks: readonly Mark[] | undefined,
  compute: number,
  load: number,
  values: Packed,
): AnswerMessage {
  return { type: 'answer', chunk, ran, values, payload: undefined, marks, bytes, compute, load };
}

/** Puts `undefined` in the place of each result that cannot cross, and returns a mark with the reason for each. */
function removeUncloneable(run: ChunkRun, attempt: CloneAttempt | undefined): Mark[] {
  const values = run.values.toArray();
  const uncloneable: Mark[] = [];
  values.forEach((value, at) => {
    const found = findUncloneable(value, 'result', attempt);
    if (found === undefined) return;
    uncloneable.push({ at, kind: 'uncloneable', ...found });
    values[at] = undefined;
  });
  return uncloneable;
}
