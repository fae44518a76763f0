/** An example: a fenced block of JavaScript or TypeScript in a page. */
export interface Block {
  readonly language: 'js' | 'ts';
  /** The line of the page on which the code starts, from 1. */
  readonly line: number;
  readonly code: string;
  /** The file that the block is, when its first line is a comment that says so. */
  readonly file: string | undefined;
  /** False for a block fenced as `no-run`. */
  readonly runs: boolean;
}

const languages = new Map<string, Block['language']>([
  ['js', 'js'],
  ['javascript', 'js'],
  ['ts', 'ts'],
  ['typescript', 'ts'],
]);

/** Lists the examples of a page, in order. Other languages are left out, and HTML comments are looked into. */
export function listBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const [, indent = '', fence, info = ''] = /^(\s*)(`{3,})(.*)$/.exec(lines[i] ?? '') ?? [];
    if (fence === undefined) continue;

    const end = lines.findIndex((line, at) => at > i && line.trim() === fence);
    if (end === -1) throw new Error(`The block of line ${i + 1} is never closed.`);
    const code = lines
      .slice(i + 1, end)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    const [name = '', ...flags] = info.trim().split(/\s+/);
    const language = languages.get(name);
    if (language !== undefined) {
      const runs = !flags.includes('no-run');
      // A JavaScript block is checked by nothing but its run.
      if (!runs && language === 'js')
        throw new Error(`The block of line ${i + 1} would not be tested: make it ts.`);
      const [, file] = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(code[0] ?? '') ?? [];
      blocks.push({ language, line: i + 2, code: code.join('\n'), file, runs });
    }
    i = end;
  }
  return blocks;
}
