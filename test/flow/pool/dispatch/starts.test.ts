import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Starts } from '../../../../src/flow/pool/dispatch/starts.ts';

const none = { live: 0, starting: 0 };
const one = { live: 1, starting: 0 };
const first = { kind: 'exit', exitCode: 1 } as const;
const second = { kind: 'exit', exitCode: 2 } as const;

let time = 1000;
let starts: Starts;
beforeEach(() => {
  mock.method(performance, 'now', () => time);
  starts = new Starts();
});
afterEach(() => {
  mock.restoreAll();
});

describe('after workers that could not start', () => {
  it('only one is tried at a time, after a pause, and the reason is given when three tries have failed', () => {
    assert.ok(starts.allows({ live: 0, starting: 3 }));
    starts.fail(first, 2);
    assert.ok(!starts.allows({ live: 0, starting: 2 }));
    starts.fail(first, 1);
    starts.fail(first, 0);
    for (const pause of [50, 200]) {
      assert.equal(starts.takeVerdict(), undefined);
      assert.ok(!starts.allows(none));
      time += pause;
      assert.ok(starts.allows(none));
      starts.fail(second, 0);
    }
    assert.ok(!starts.allows(none));
    assert.equal(starts.takeVerdict(), second);
    assert.equal(starts.takeVerdict(), undefined);
    assert.ok(starts.allows(none));
  });

  it('a worker that was not ready in time is not followed by another', () => {
    const late = { kind: 'late', limit: 30_000 } as const;
    starts.fail(late, 0);
    assert.equal(starts.takeVerdict(), late);
  });

  it('while others work another is tried after a second, then less and less often', () => {
    for (const wait of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      starts.fail(first, 1);
      time += wait - 1;
      assert.ok(!starts.allows(one));
      time += 1;
      assert.ok(starts.allows(one));
    }
    // The last of those others has died.
    starts.fail(first, 0);
    time += 50;
    assert.ok(starts.allows(none));
  });

  it('one that starts later ends that, and one that was starting already does not', () => {
    const before = time;
    time += 1;
    starts.fail(first, 1);
    assert.equal(starts.succeed(before), first);
    assert.ok(!starts.allows(one));
    time += 1000;
    starts.fail(second, 1);
    assert.equal(starts.takeWarning(), undefined);
    time += 2000;
    assert.equal(starts.succeed(time), undefined);
    assert.ok(starts.allows(one));
  });
});
