import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listAnswer, listChunk, readAnswer, readChunk } from '../../../src/wire/frames/message-list.ts';
import { isFromWorker } from '../../../src/wire/message/check-message.ts';
import type { AnswerMessage, ChunkMessage } from '../../../src/wire/message/message.ts';

const CHUNK: ChunkMessage = {
  type: 'chunk',
  chunk: 7,
  row: 1,
  task: 3,
  index: new Float64Array([4, 9]),
  count: 2,
  attempt: 1,
  isBound: false,
  areCalls: true,
  items: { kind: 'values', values: [[1], ['two']] },
  memory: undefined,
  header: undefined,
};

const ANSWER: AnswerMessage = {
  type: 'answer',
  chunk: 7,
  ran: 2,
  values: { kind: 'values', values: [1, undefined] },
  payload: undefined,
  encoded: undefined,
  bytes: 16,
  compute: 0.5,
  load: 0,
};

describe('messages as lists', () => {
  it('gives a chunk as it was, in each form', () => {
    const forms: readonly Partial<ChunkMessage>[] = [
      {},
      { memory: new SharedArrayBuffer(8) },
      { header: null },
      { memory: new SharedArrayBuffer(8), header: ['id', 'name'] },
      { index: 5, isBound: true, areCalls: false },
      { items: { kind: 'elements', elements: new Float64Array([1, 2]) } },
      { items: { kind: 'values', values: [Buffer.from('a')], buffers: [Buffer.from('a')] } },
      { items: { kind: 'sealed', values: [] } },
    ];
    for (const form of forms) {
      const chunk = { ...CHUNK, ...form };
      const list = listChunk(chunk);
      assert.ok(Array.isArray(list));
      assert.deepEqual(readChunk(structuredClone(list)), structuredClone(chunk));
    }
  });

  it('gives an answer as it was, in each form', () => {
    const forms: readonly Partial<AnswerMessage>[] = [
      {},
      { encoded: [{ at: 1, kind: 'skipped' }] },
      { values: { kind: 'elements', elements: new Float64Array([1, 2]) } },
      { values: { kind: 'values', values: [] }, ran: 0 },
    ];
    for (const form of forms) {
      const answer = { ...ANSWER, ...form };
      const list = listAnswer(answer);
      assert.ok(Array.isArray(list));
      assert.deepEqual(readAnswer(structuredClone(list)), answer);
    }
  });

  it('leaves all other messages as they are', () => {
    const end = { type: 'end', dispose: true } as const;
    const broken = { type: 'broken', reason: 'so' } as const;
    assert.equal(listChunk(end), end);
    assert.equal(readChunk(end), end);
    assert.equal(listAnswer(broken), broken);
    for (const said of [null, 5, {}, broken]) assert.equal(readAnswer(said), said);
  });

  it('makes no answer of a list that is none', () => {
    const lists = [
      [],
      [7],
      [7, 1, null, 0, 0, 0],
      [7, 0, [], 0, 0],
      [7, 0, [], Number.NaN, 0, 0],
      [7, 0, [], 0, 0, 0, 5],
    ];
    for (const list of lists) assert.equal(isFromWorker(readAnswer(list)), false, JSON.stringify(list));
  });
});
