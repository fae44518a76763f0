import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloneError, spawn } from 'telar';
import { census } from '../census.ts';
import { nest, Nester } from '../fixtures/nest.ts';
import { catchReason } from '../harness/collect.ts';

census();

describe('a value that is nested too deep to be cloned', () => {
  test('fails the call whose result it is, and no other; the object lives on', async () => {
    await using nester = await spawn(Nester);
    for (const depth of [6_000, 20_000]) {
      const calls = [nester.nest(3), nester.nest(depth), nester.nest(2), nester.nest(depth), nester.nest(1)];
      const outcomes = await Promise.allSettled(calls);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
      );
      for (const outcome of outcomes) {
        if (outcome.status !== 'rejected') continue;
        assert.ok(outcome.reason instanceof CloneError);
        assert.match(outcome.reason.message, /^`nest` has run, and its result .* nested too deep/);
        assert.ok(outcome.reason.message.length < 300);
      }
    }
    assert.equal(await nester.calls, 10);
  });

  test('fails the call whose argument it is', async () => {
    await using nester = await spawn(Nester);
    for (const depth of [6_000, 20_000]) {
      const reason = await catchReason(nester.count(nest(depth)));
      assert.ok(reason instanceof CloneError);
      assert.match(
        reason.message,
        /^`count` was not called: arguments\[0\] .* nested too deep .* Flatten it/,
      );
    }
    assert.equal(await nester.count(1), 1);
  });

  test('fails the step of a stream, and what a callback is given', async () => {
    await using nester = await spawn(Nester);
    const stream = nester.stream([1, 6_000, 1]);
    await stream.next();
    await assert.rejects(stream.next(), /nested too deep/);
    await assert.rejects(
      nester.ask(() => 1, 6_000),
      /nested too deep/,
    );
    assert.equal(await nester.ask(() => 7, 1), 7);
  });
});
