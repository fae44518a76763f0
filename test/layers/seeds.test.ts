import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root } from '../harness/root.ts';

/** Matches calls that draw other values each time, unless they are told a seed. */
const unseeded = /\bfc\.(assert|check|sample)\(/;

test('tests assert properties with a seed of their own (test/harness/random.ts)', () => {
  const names = readdirSync(new URL('test/', root), { recursive: true, encoding: 'utf8' });
  const found = names
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) =>
      unseeded.test(readFileSync(new URL(`test/${name.replaceAll('\\', '/')}`, root), 'utf8')),
    );
  assert.ok(unseeded.test(['fc', 'assert(property)'].join('.')) && names.length > 100);
  assert.deepEqual(found, []);
});
