/**
 * Finds the output that a page expects of an example: the comment at the end of a line with `console.log`, or, where
 * there is none, the comments on the lines below it.
 */
export function listExpected(code: string): string[] {
  const expected: string[] = [];
  const lines = code.split('\n');
  for (const [at, line] of lines.entries()) {
    const [, before, comment] = /^(.*console\.log\(.*\).*?)(?: \/\/ (.*))?$/.exec(line) ?? [];
    if (before === undefined || before.trimStart().startsWith('//')) continue;
    if (comment !== undefined) {
      expected.push(comment);
      continue;
    }
    for (let next = at + 1; /^\s*\/\/ /.test(lines[next] ?? ''); next++) {
      expected.push((lines[next] as string).trim().slice(3));
    }
  }
  return expected;
}
