import type { Block } from '../../block.ts';
import { UTF_8 } from '../../encoding.ts';
import type { RecordRules } from '../../record-rules.ts';
import { makeCut } from './cut.ts';
import { findUnitForm, viewUnits } from './text/units.ts';

/**
 * Finds the end of a first part of a block that has about so many bytes and at least one record; `undefined` when that
 * part is all of the block.
 */
export function findSplit(block: Block, size: number, { quoting }: RecordRules): number | undefined {
  const { bytes, broken, bom } = block;
  if (broken !== undefined) return undefined;
  const form = findUnitForm(block.encoding ?? UTF_8);
  const units = viewUnits(bytes, bytes.length, form);
  const cut = makeCut(quoting, form);
  for (let end = Math.max(1, Math.ceil(size / form.size)); end < units.length; end *= 2) {
    const found = cut(units, bom / form.size, end) * form.size;
    if (found > 0) return found < bytes.length ? found : undefined;
  }
  return undefined;
}
