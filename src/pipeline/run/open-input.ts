import type { BlockReader } from '../../bytes/block.ts';
import type { RecordFormat } from '../../bytes/format.ts';
import { blocks, isByteSource } from '../../bytes/source.ts';
import { closeUnread } from '../../async/open-iterator.ts';
import { type Input, openSource } from '../../flow/source/open-source.ts';
import { AsyncSource } from '../../flow/source/async-source.ts';
import {
  isPositioned,
  type PositionedReader,
  positions,
  type PositionedSource,
} from '../../flow/source/positioned.ts';
import type { Source } from '../../flow/source/source.ts';
import { RootSource } from '../root/root-source.ts';
import type { Saved } from '../position/saved.ts';
import type { Spec } from '../stage/specs.ts';

/** The input of a run: items, or blocks of records. */
export type OpenedInput =
  | {
      readonly kind: 'items';
      readonly source: Source;
      /** Reader of the source, where its items know where they stood. */
      readonly reader?: PositionedReader<unknown> | undefined;
    }
  | { readonly kind: 'blocks'; readonly format: RecordFormat; readonly open: () => BlockReader };

/** Settings of the run that the input is for. */
export interface InputForm {
  /** Whether somebody wants to know what was taken of the input. */
  readonly isTracked?: boolean | undefined;
  /** Whether the input may be told to end early. */
  readonly canStop?: boolean | undefined;
}

/** Opens the input of a run that starts at the beginning of it. */
export function openInput(
  input: Input<unknown>,
  specs: readonly Spec[],
  { isTracked = false, canStop = false }: InputForm = {},
): OpenedInput {
  if (isByteSource(input)) {
    const { format, open } = input[blocks];
    return { kind: 'blocks', format, open: () => open(isTracked ? { from: undefined } : undefined) };
  }
  if (isTracked && isPositioned(input)) return openPlaced(input, undefined, 0);
  const source = openSource(input);
  if (!isTracked && !canStop) return { kind: 'items', source };
  const tracking = isTracked ? { isLocated: !hasMerge(specs) } : undefined;
  return { kind: 'items', source: new RootSource(source, tracking) };
}

/** Closes the input of a run that does not come to read it. The input is told to close, and not waited for. */
export function closeInput(input: Input<unknown>): void {
  const closing = isByteSource(input) ? input[blocks].open().close() : closeUnread(input);
  closing.catch(() => {});
}

/** Opens the input where a run was cut off. Rejects with `InputChanged` when it is another input before that point. */
export async function reopenInput(
  input: Input<unknown>,
  specs: readonly Spec[],
  { point, read }: Saved,
): Promise<OpenedInput> {
  const position = point.source;
  if (isByteSource(input)) {
    const { format, open } = input[blocks];
    const from = position.kind === 'bytes' ? position : undefined;
    return { kind: 'blocks', format, open: () => open({ from }) };
  }
  if (isPositioned(input)) {
    const [items, at] = position.kind === 'place' ? [position.items, position.at] : [0, undefined];
    return openPlaced(input, at, items);
  }
  const isLocated = !hasMerge(specs);
  const source = new RootSource(openSource(input), { isLocated, expected: isLocated ? undefined : read });
  try {
    if (position.kind === 'items') await source.skip(position);
  } catch (thrown) {
    await source.close();
    throw thrown;
  }
  return { kind: 'items', source };
}

function openPlaced(input: PositionedSource<unknown>, from: unknown, first: number): OpenedInput {
  const reader = input[positions].open(from);
  const source = new RootSource(new AsyncSource(reader), { isLocated: true, reader, first });
  return { kind: 'items', source, reader };
}

/** Tells whether what leaves a pipeline depends on all that came before, so that a run which goes on begins anew. */
export function hasMerge(specs: readonly Spec[]): boolean {
  return specs.some(({ kind }) => kind === 'groupBy' || kind === 'distinct');
}
