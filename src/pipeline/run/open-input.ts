import type { BlockReader } from '../../bytes/block.ts';
import type { RecordFormat } from '../../bytes/format.ts';
import { blocks, isByteSource } from '../../bytes/source.ts';
import { closeUnread } from '../../open-iterator.ts';
import { type Input, openSource } from '../../flow/source/open-source.ts';
import type { Source } from '../../flow/source/source.ts';
import { RootSource } from '../flows/root-source.ts';
import type { Saved } from '../journal/saved.ts';
import type { Spec } from '../specs.ts';

/** The input of a run: items, or blocks of records. */
export type OpenedInput =
  | { readonly kind: 'items'; readonly source: Source }
  | { readonly kind: 'blocks'; readonly format: RecordFormat; readonly open: () => BlockReader };

/** How the run goes that the input is for. */
export interface InputForm {
  /** Whether somebody wants to know what was taken of it. */
  readonly isTracked?: boolean | undefined;
  /** Whether it may be told to end early. */
  readonly canStop?: boolean | undefined;
}

/** Opens the input of a run that begins with it. */
export function openInput(
  input: Input<unknown>,
  specs: readonly Spec[],
  { isTracked = false, canStop = false }: InputForm = {},
): OpenedInput {
  if (isByteSource(input)) {
    const { format, open } = input[blocks];
    return { kind: 'blocks', format, open: () => open(isTracked ? { from: undefined } : undefined) };
  }
  const source = openSource(input);
  if (!isTracked && !canStop) return { kind: 'items', source };
  const tracking = isTracked ? { isLocated: !hasMerge(specs) } : undefined;
  return { kind: 'items', source: new RootSource(source, tracking) };
}

/** Closes the input of a run that does not come to read it. It is told, and not waited for. */
export function closeInput(input: Input<unknown>): void {
  const closing = isByteSource(input) ? input[blocks].open().close() : closeUnread(input);
  closing.catch(() => {});
}

/** Opens it where a run was cut off. Rejects with `InputChanged` when it is another one before that. */
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

/** Whether what leaves depends on all that came before, so that a run which goes on begins anew. */
function hasMerge(specs: readonly Spec[]): boolean {
  return specs.some(({ kind }) => kind === 'groupBy' || kind === 'distinct');
}
