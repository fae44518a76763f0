import type { Transferable } from 'node:worker_threads';
import { describeThrown } from '../../src/wire/values/error.ts';
import type { AnswerMessage, SessionPort } from '../../src/wire/message/message.ts';
import type { Mark } from '../../src/wire/message/outcome.ts';
import { type Packed, packValues } from '../../src/wire/pack/pack.ts';
import { collectTransfers, forgetMarks } from '../../src/wire/values/transfer.ts';
import { type CloneAttempt, findUncloneable } from '../../src/wire/values/uncloneable.ts';
import type { ResultValues } from '../item/result-values.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChunkRun } from './run-chunk.ts';

/** Sends the outcomes of a chunk. Results that cannot cross become failures of their items, the others arrive. */
export function postAnswer(port: SessionPort, run: ChunkRun, compute: number, load: number): void {
  const marks = run.marks.length > 0 ? run.marks : undefined;
  const { chunk, ran, bytes, chain } = run;
  if (chain !== undefined) {
    postPayload(port, chain, { type: 'answer', chunk, ran, bytes, compute, load, marks, values: NO_VALUES });
    return;
  }
  const answer = { type: 'answer', chunk, ran, bytes, compute, load, payload: undefined } as const;
  try {
    post(port, { ...answer, marks }, run.values);
  } catch (thrown) {
    const uncloneable = removeUncloneable(run, port.tryClone);
    if (uncloneable.length === 0) {
      // No single result is at fault, so it is what they have in common: too large together, or handed over twice.
      const values = run.values.toArray();
      values.forEach((_, at) => {
        uncloneable.push({ at, kind: 'uncloneable', path: 'result', reason: describeThrown(thrown) });
      });
      values.fill(undefined);
    }
    const failed = new Set(uncloneable.map(({ at }) => at));
    const others = run.marks.filter(({ at }) => !failed.has(at));
    port.postMessage({
      ...answer,
      marks: [...others, ...uncloneable],
      values: packValues(run.values.toArray(), new Set()),
    } satisfies AnswerMessage);
  }
}

const NO_VALUES: Packed = { kind: 'values', values: [] };

/** Sends what the stages of a pipeline made of the chunk. */
function postPayload(port: SessionPort, chain: Chain, answer: Omit<AnswerMessage, 'payload'>): void {
  for (;;) {
    try {
      const transfers = new Set<Transferable>();
      const payload = chain.finish(transfers);
      port.postMessage({ ...answer, payload } satisfies AnswerMessage, [...transfers]);
      return;
    } catch (thrown) {
      chain.removeUncloneable(thrown);
    }
  }
}

function post(port: SessionPort, answer: Omit<AnswerMessage, 'values'>, values: ResultValues): void {
  const handover = values.mayHoldMarks ? collectTransfers(values.toArray()) : undefined;
  const transfers = new Set<Transferable>(handover?.list);
  port.postMessage({ ...answer, values: values.pack(transfers) }, [...transfers]);
  if (handover !== undefined) forgetMarks(handover);
}

/** Puts nothing in the place of each result that cannot cross, and says which they are and why. */
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
