import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { findDeclarations, stripComments } from './declarations.ts';
import { listNames, listValues } from './list-names.ts';
import { describeSurface, LIST, listEntries } from './public-names.ts';

describe('the public names', () => {
  test('are those of the list', () => {
    const listed = readFileSync(LIST, 'utf8').split('\n');
    const built = describeSurface().split('\n');
    const added = built.filter((line) => !listed.includes(line));
    const removed = listed.filter((line) => !built.includes(line));
    assert.deepEqual(
      { added, removed },
      { added: [], removed: [] },
      'The public names have changed. If that is meant, run `npm run names` and say it in CHANGELOG.md.\n' +
        [...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)].join('\n'),
    );
    assert.deepEqual(built, listed);
  });

  test('are there when the program runs, and no others', async () => {
    for (const { types, code, name } of listEntries()) {
      const entry = (await import(code.href)) as object;
      assert.deepEqual(Object.keys(entry).sort(), listValues(listNames(types)).sort(), name);
    }
  });
});

describe('the list of public names', () => {
  const text = stripComments(`
/** Options: of { nothing }. */
export interface Options extends Base<string> {
    /** A number. */
    readonly count?: number | undefined;
    readonly rate: {
        readonly limit: number;
        readonly interval?: number;
    };
    key?(this: void, ...args: string[]): string;
}
export declare class Pool<T> extends Base<T> implements AsyncDisposable {
    #private;
    constructor(options?: Options);
    get workers(): number;
    close(options?: Options): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
export declare function call<T, R>(input: Iterable<T>, task: (item: T, index: number) => R, options?: Options): R[];
export declare function call(input: string, ...rest: string[]): void;
export declare const skip: unique symbol;
export type Kind = 'a' | 'b';
`);
  const cases: readonly [name: string, line: string][] = [
    ['Options', 'interface Options extends Base: count?, key?(), rate, rate.interval?, rate.limit'],
    ['Pool', 'class Pool extends Base: [Symbol.asyncDispose](), close(), workers'],
    ['call', 'function call(input, task, options?: Options) | function call(input, ...rest)'],
    ['skip', 'const skip'],
    ['Kind', "type Kind = 'a' | 'b'"],
  ];
  for (const [name, line] of cases) {
    test(`says of each what it is: ${name}`, () => assert.equal(findDeclarations(text, name), line));
  }

  test('knows what is not declared', () => assert.equal(findDeclarations(text, 'Option'), undefined));
});
