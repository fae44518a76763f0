import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readMachine } from '../../bench/report/machine.ts';
import { formatMarkdown, renewTable } from '../../bench/report/text/markdown.ts';

const answer = {
  name: 'advice',
  head: ['way', 'ms', 'the call'],
  rows: [
    ['a | b', '1.5', 'run(it)'],
    ['c', '-2', 'read(it)'],
  ],
  notes: ['two rounds'],
  figures: [],
};

describe('the tables of the bench as Markdown', () => {
  test('align numbers to the right, and show calls as code', () => {
    assert.equal(
      formatMarkdown(answer),
      '| way | ms | the call |\n| --- | --: | --- |\n| a \\| b | 1.5 | `run(it)` |\n| c | -2 | `read(it)` |',
    );
  });

  test('take the place that a page has for them, again and again', () => {
    const page = 'before\n<!-- bench advice -->\nold\n<!-- end -->\nafter <!-- end -->';
    const once = renewTable(page, answer, readMachine(), 'page.md');
    assert.match(
      once,
      /^before\n<!-- bench advice -->\n\n\| way [^]*- two rounds\n\n<!-- end -->\nafter <!-- end -->$/,
    );
    assert.doesNotMatch(once, /old/);
    assert.equal(renewTable(once, answer, readMachine(), 'page.md'), once);
  });

  test('are not written where a page has no such place', () => {
    for (const page of ['', '<!-- end --> <!-- bench advice -->', '<!-- bench other --><!-- end -->']) {
      assert.throws(() => renewTable(page, answer, readMachine(), 'page.md'), {
        name: 'RangeError',
        message: 'Expected page.md to have a place for the table: <!-- bench advice --> … <!-- end -->.',
      });
    }
  });
});
