import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { listTestFiles } from '../harness/files.ts';
import { root } from '../harness/root.ts';
import { listParts } from './parts.ts';

describe('the parts of the longer tests', () => {
  it('have every file that `npm test` runs in a short form', async () => {
    const run = new Set(listParts().flatMap(({ command }) => command));
    const left: string[] = [];
    for (const file of listTestFiles()) {
      // oxlint-disable-next-line no-await-in-loop -- one file after another.
      const text = await readFile(new URL(file.replace(/^dist\/|\.js$/g, '').concat('.ts'), root), 'utf8');
      if (/from '.*harness\/long\.ts'/.test(text) && !run.has(file)) left.push(file);
    }
    assert.deepEqual(left, []);
  });
});
