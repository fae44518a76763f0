import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeferred } from '../../../../src/async/deferred.ts';
import { CommitNews, commitChannel, endChannel } from '../../../../src/cluster/store/postgres/notify.ts';

test('the first commit is told of at once, and those that follow together', async () => {
  const said: (readonly string[])[] = [];
  const answers = [createDeferred<[]>(), createDeferred<[]>()];
  const second = createDeferred();
  const news = new CommitNews(
    {
      closed: new AbortController().signal,
      query: async (_, [, runs]) => {
        said.push(runs as string[]);
        if (said.length === 2) second.resolve();
        return await (answers[said.length - 1]?.promise ?? []);
      },
    },
    'q',
  );
  news.say('a');
  assert.deepEqual(said, [['a']]);
  for (let at = 0; at < 100; at++) news.say(at % 2 === 0 ? 'a' : 'b');
  assert.equal(said.length, 1, 'one at a time');
  answers[0]?.reject(new Error('The connection is lost, as hints may be.'));
  await second.promise;
  assert.deepEqual(said, [['a'], ['a', 'b']]);
  answers[1]?.resolve([]);
});

test('channels have names that a server takes, for each queue and run another', () => {
  const names = [
    commitChannel('q'.repeat(100), 'r'.repeat(64)),
    commitChannel('q', 'a-b'),
    commitChannel('q', 'a.b'),
    commitChannel('other', 'a.b'),
    endChannel('q'),
    endChannel('"; DROP'),
  ];
  for (const name of names) assert.match(name, /^[a-z_0-9]{1,63}$/);
  assert.equal(new Set(names).size, names.length);
});
