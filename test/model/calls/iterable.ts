import { parallelMapIterable } from '../../../src/index.ts';
import { Attempt, type Ground, makeTask, placeOf } from './call.ts';
import { type End, judgeLoose, judgeOrdered } from '../judge.ts';
import type { IterableCall, Reading } from '../programs/program.ts';
import { Source } from '../programs/source.ts';
import type { Watch } from '../watch.ts';
import { checkJournal, endOf, keepCall, type Kept, undisturbed } from './journaled.ts';
import { expectCall } from './map.ts';

/** Error that the body of a loop throws. */
const OWN: Error = new Error('the body of the loop throws');

/** `parallelMapIterable`, with a reader that may leave; with a journal a second time, undisturbed. */
export async function runIterable(call: IterableCall, ground: Ground, watch: Watch): Promise<void> {
  const kept = call.options.journal ? keepCall(ground) : undefined;
  const end = await runOnce(call, ground, watch, kept);
  if (kept === undefined) return;
  await checkJournal(watch, kept.path, end, call);
  await runOnce(undisturbed(call), ground, watch, kept);
}

async function runOnce(
  call: IterableCall,
  ground: Ground,
  watch: Watch,
  kept: Kept | undefined,
): Promise<End> {
  const { items, input, options, ordered } = call;
  const attempt = new Attempt(watch, options);
  const source = new Source(items, input, watch, (pull) => attempt.pulled(pull));
  const expected = expectCall(call, ground);
  attempt.begin();
  const iterable = parallelMapIterable(source.items, makeTask(items), {
    ...placeOf(options, ground),
    ...attempt.listeners(),
    chunkSize: options.chunkSize,
    timeout: options.timeout,
    retries: attempt.retries(),
    ordered,
    ...kept?.options,
  });
  const { results, end } = await read(watch, 'the iterable', iterable, call.reading);
  attempt.end();
  if (ordered) judgeOrdered(watch, expected, results, end, true);
  else judgeLoose(watch, expected, results, end);
  const began = options.abort?.at !== 'before' && call.reading.leavesAfter !== 0;
  if (attempt.summaries > 1 || (began && attempt.summaries === 0))
    watch.report(`told its summary ${attempt.summaries} times`);
  await watch.expectSoon('its source was not closed', () => source.isClosed);
  await watch.expectUnheard(attempt.signal);
  return end;
}

/** Reads as the program says: slowly, up to some result, or until the body throws. */
export async function read(
  watch: Watch,
  what: string,
  iterable: AsyncIterable<unknown>,
  { leavesAfter, throws, isSlow }: Reading,
): Promise<{ results: unknown[]; end: End }> {
  const results: unknown[] = [];
  let hasLeft = false;
  const end = await endOf(
    watch,
    what,
    (async () => {
      for await (const result of iterable) {
        if (results.length === leavesAfter) {
          hasLeft = true;
          if (throws) throw OWN;
          break;
        }
        results.push(result);
        if (isSlow) await new Promise(setImmediate);
      }
    })(),
  );
  if (!hasLeft) return { results, end };
  const isClean = throws ? end.is === 'failed' && end.reason === OWN : end.is === 'done';
  // The failure of something that the reader has not come to is no concern of theirs.
  if (!isClean) watch.report(`leaving threw ${end.is === 'failed' ? String(end.reason) : 'nothing'}`);
  return { results, end: { is: 'left' } };
}
