/* As in `parallel-map.ts`: compiling is the test. */
import { type ByteSource, csv } from 'telar/files';
import { pipeline } from 'telar';
import { assertType } from './same.ts';

type Rows<Columns extends string> = ByteSource<Record<Columns, string>>;

export function knowsTheColumnsThatAreGiven(names: string[]): void {
  assertType<Rows<'a' | 'b'>>()(csv('a.csv', { columns: ['a', 'b'] as const }), true);
  assertType<Rows<'a' | 'b'>>()(csv('a.csv', { columns: ['a', 'b'], header: true }), true);
  assertType<Rows<string>>()(csv('a.csv', { columns: names }), true);
  assertType<Rows<string>>()(csv('a.csv', { quote: false, encoding: 'utf-16le' }), true);
  assertType<ByteSource<string[]>>()(csv('a.csv', { header: false }), true);
  assertType<Rows<'a' | 'b'>>()(csv('a.csv', { select: ['a', 'b'] }), true);
  assertType<Rows<'a'>>()(csv('a.csv', { columns: ['a', 'b'], select: ['a'] }), true);
  assertType<Rows<string>>()(csv('a.csv', { select: names }), true);
}

export function takesTheTypeThatIsTold(): void {
  assertType<ByteSource<{ id: string }>>()(csv<{ id: string }>('a.csv'), true);
  assertType<ByteSource<{ id: string }>>()(csv<{ id: string }>('a.csv', { columns: ['id'] }), true);
}

export async function refusesOtherColumns(): Promise<string> {
  const [row] = await pipeline(csv('a.csv', { columns: ['a', 'b'] })).toArray();
  // @ts-expect-error There is no such column.
  void row?.c;
  return row?.a ?? '';
}
