import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markAnswered, PHASE_ANSWERING, PHASE_IDLE, setPhase } from '../../../../src/wire/slots/slot.ts';
import { census } from '../../../census.ts';
import { begin, chunkOf, makeWork, openSession } from '../../../harness/wire/fake-session.ts';

census();

/** A worker that has answered the one chunk that it was sent, and does nothing any more; the answer was not heard. */
function answerOne(): ReturnType<typeof openSession> & Pick<ReturnType<typeof makeWork>, 'told'> {
  const opened = openSession();
  const { work, told } = makeWork(1);
  opened.session.send(work, chunkOf(['a']));
  begin(opened.worker, 0, 1);
  markAnswered(opened.worker.slots, 0);
  setPhase(opened.worker.slots, PHASE_IDLE);
  return { ...opened, told };
}

describe('an answer that was sent, and lost with its worker', () => {
  const exit = { kind: 'exit', exitCode: 7 } as const;

  it('is no crash of its items: the worker was on the chunk behind it', async () => {
    const { session, worker, ended } = openSession();
    const innocent = makeWork(1);
    const guilty = makeWork(2);
    session.send(innocent.work, chunkOf(['a', 'b']));
    session.send(guilty.work, chunkOf(['c', 'd']));
    begin(worker, 0, 2);
    markAnswered(worker.slots, 0);
    begin(worker, 1, 2);
    worker.end(exit);
    await ended;
    assert.deepEqual(innocent.told, [['lost', 'exit', { unheard: 2 }]]);
    assert.deepEqual(guilty.told, [['lost', 'exit', 1]]);
  });

  it('is no crash of its items where the worker did nothing any more', async () => {
    const { worker, ended, told } = answerOne();
    worker.end(exit);
    await ended;
    assert.deepEqual(told, [['lost', 'exit', { unheard: 1 }]]);
  });

  it('is a crash of an item alone, or of any of several, while the worker sends it', async () => {
    for (const [row, stage] of [
      [0, { ran: 2 }],
      [1, 0],
    ] as const) {
      const { session, worker, ended } = openSession();
      const { work, told } = makeWork(1);
      session.send(work, chunkOf(['a', 'b']));
      session.send(work, chunkOf(['c']));
      begin(worker, 0, 2);
      markAnswered(worker.slots, 0);
      if (row === 1) {
        begin(worker, 1, 1);
        markAnswered(worker.slots, 1);
      }
      setPhase(worker.slots, PHASE_ANSWERING);
      worker.end(exit);
      await ended;
      const expected: unknown[] = row === 0 ? [stage, 'queued'] : [{ unheard: 2 }, stage];
      assert.deepEqual(
        told,
        expected.map((each) => ['lost', 'exit', each]),
      );
    }
  });

  it('is not waited for again and again', async () => {
    const { session, worker, ended, told } = answerOne();
    session.breakOff('It did not come to what it was sent.');
    worker.end({ kind: 'terminated' });
    await ended;
    assert.deepEqual(told, [['lost', 'terminated', 'blocked']]);
  });
});
