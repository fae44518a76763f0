import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { open, seal } from '../../../src/cluster/message/envelope.ts';
import { Signer } from '../../../src/cluster/message/signer.ts';
import { Cluster } from 'telar/cluster';

const SECRET = 'a secret of some length';

describe('A signed message', () => {
  const signer = new Signer(SECRET);
  const sealed = seal({ items: [1, 'two', { three: 3 }] });
  const about = ['in', 'run', 17, '{"head":1}', '{"meta":1}'] as const;

  test('is read as it was, about what it is', () => {
    assert.deepEqual(open(signer.check(signer.sign(sealed, about), about)), {
      items: [1, 'two', { three: 3 }],
    });
    assert.throws(() => open(signer.sign(sealed, about)), /is signed, and no `secret` was given/);
  });

  test('is refused where any bit, or anything that it is about, differs', () => {
    const signed = signer.sign(sealed, about);
    for (let bit = 0; bit < 8 * signed.length; bit++) {
      const changed = Buffer.from(signed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.throws(() => signer.check(changed, about), { name: 'ClusterError', reason: 'refused' });
    }
    for (let length = 0; length < signed.length; length++)
      assert.throws(() => signer.check(signed.subarray(0, length), about), { reason: 'refused' });
    for (const [at] of about.entries()) {
      const other = about.map((value, place) => (place === at ? `${value}x` : value));
      assert.throws(() => signer.check(signed, other), { reason: 'refused' });
    }
    assert.throws(() => signer.check(sealed, about), /is not signed/);
  });

  test('needs a secret that cannot be found by trying', () => {
    for (const secret of ['', 'short', 17, null]) {
      assert.throws(() => new Cluster({ connection: 'redis://127.0.0.1', secret: secret as string }), {
        code: 'ERR_TELAR_OPTION',
        message: /Expected `secret` to be a text of at least 16 characters/,
      });
    }
  });
});
