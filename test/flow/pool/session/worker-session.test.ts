import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markAnswered, PHASE_LOADING, setPhase } from '../../../../src/wire/slots/slot.ts';
import { encodeThrown } from '../../../../src/wire/values/error.ts';
import { census } from '../../../census.ts';
import { begin, chunkOf, makeWork, openSession } from '../../../harness/wire/fake-session.ts';

census();

const patience = { grace: 50, silence: 60_000 };

describe('a worker that is stopped for the sake of one chunk', () => {
  it('is no crash of the next, which it has come to meanwhile: that may be loading its task, or running', async () => {
    for (const begun of [0, 2]) {
      const { session, worker, ended } = openSession();
      const late = makeWork(1, 10);
      const other = makeWork(2);
      session.send(late.work, chunkOf(['slow']));
      session.send(other.work, chunkOf(['a', 'b', 'c']));
      begin(worker, 0, 1);
      for (const now of [0, 20, 100]) session.watch(now, patience);
      assert.equal(worker.isTerminated, true);
      worker.answer(worker.chunks[0]?.chunk as number, 1);
      setPhase(worker.slots, PHASE_LOADING);
      if (begun > 0) begin(worker, 1, begun);
      worker.end({ kind: 'terminated' });
      await ended;
      assert.deepEqual(late.told, [['answered', 1]]);
      assert.deepEqual(other.told, [['lost', 'terminated', { spared: begun }]]);
    }
  });

  it('is the end of that one', async () => {
    const { session, worker, ended } = openSession();
    const { work, told } = makeWork(1, 10);
    session.send(work, chunkOf(['slow', 'rest']));
    begin(worker, 0, 1);
    for (const now of [0, 20, 100]) session.watch(now, patience);
    worker.end({ kind: 'terminated' });
    await ended;
    assert.deepEqual(told, [
      ['given back', ['rest']],
      ['lost', 'terminated', 0],
    ]);
  });
});

describe('a message that cannot be decoded', () => {
  it('is the task, when that was sent with it: the chunk behind it is not blamed', () => {
    const { session, worker } = openSession();
    const { work, told } = makeWork(1);
    session.send(work, chunkOf(['a']));
    worker.say({ type: 'undecodable', position: 0, reason: 'no such class' });
    assert.deepEqual(told, []);
    const thrown = encodeThrown(new Error('not told'));
    worker.say({ type: 'unloadable', chunk: worker.chunks[0]?.chunk as number, thrown });
    assert.deepEqual(told, [['unloadable', new Error('no such class')]]);
  });

  it('is the chunk that was sent with it', () => {
    const { session, worker } = openSession();
    const { work, told } = makeWork(1);
    session.send(work, chunkOf(['a']));
    worker.say({ type: 'undecodable', position: 1, reason: 'no such class' });
    assert.deepEqual(told, [['undecodable', 'no such class']]);
  });

  it('is an answer once the worker has begun to answer, and else what an item left behind', () => {
    const { session, worker } = openSession();
    const { work, told } = makeWork(1);
    session.send(work, chunkOf(['a']));
    begin(worker, 0, 1);
    worker.sayUnreadable(new Error('of a stray'));
    assert.deepEqual(told, []);
    markAnswered(worker.slots, 0);
    worker.sayUnreadable(new Error('of a result'));
    assert.deepEqual(told, [['unreadable', new Error('of a result')]]);
  });
});

describe('an answer', () => {
  it('to a chunk that the worker does not hold is not taken for that of another', () => {
    const { session, worker } = openSession();
    const { work, told } = makeWork(1);
    session.send(work, chunkOf(['a']));
    worker.answer(-1, 1);
    assert.deepEqual(told, []);
    assert.equal(session.isIdle, false);
  });

  it('out of turn ends the worker, whose chunks run elsewhere', async () => {
    const { session, worker, ended } = openSession();
    const { work, told } = makeWork(1);
    session.send(work, chunkOf(['a']));
    session.send(work, chunkOf(['b']));
    worker.answer(worker.chunks[1]?.chunk as number, 1);
    assert.equal(worker.isTerminated, true);
    worker.end({ kind: 'terminated' });
    await ended;
    assert.deepEqual(
      told.map((one) => (one as unknown[])[0]),
      ['lost', 'lost'],
    );
  });
});
