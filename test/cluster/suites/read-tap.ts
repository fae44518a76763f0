/** A test as its runner tells it. */
export interface TapTest {
  readonly title: string;
  readonly isOk: boolean;
  /** All that the runner says of the test: where it stands, and its error. */
  readonly details: string;
}

/** Reads what Node's runner prints with `--test-reporter=tap`: tests without further ones in them. */
export function readTap(output: string): TapTest[] {
  const lines = output.split('\n');
  const tests: TapTest[] = [];
  lines.forEach((line, at) => {
    const [, indent = '', word, title = ''] = /^( *)(not ok|ok) \d+ - (.*)$/.exec(line) ?? [];
    if (word === undefined) return;
    const rest = lines.slice(at + 1);
    const end = rest.indexOf(`${indent}  ...`);
    const details = rest.slice(0, end === -1 ? rest.length : end).join('\n');
    const isGroup = details.includes("type: 'suite'") || /\d+ subtests? failed/.test(details);
    if (!isGroup) tests.push({ title, isOk: word === 'ok', details });
  });
  return tests;
}
