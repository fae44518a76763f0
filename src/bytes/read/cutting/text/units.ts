import { type Encoding, unitOf } from '../../../encoding.ts';

/** The units of a text, of which each ASCII character takes one. */
export type Units = Uint8Array | Uint16Array;

/** The form that ASCII characters have in the units of a text. */
export interface UnitForm {
  /** Size of a unit, in bytes. */
  readonly size: 1 | 2;
  /** Whether the bytes of a unit are in another order than this machine's. */
  readonly isSwapped: boolean;
}

const IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

export function findUnitForm(encoding: Encoding): UnitForm {
  const size = unitOf(encoding);
  return { size, isSwapped: encoding.kind === 'utf-16' && encoding.isBigEndian !== IS_BIG_ENDIAN };
}

/** Returns a view of the whole units among the first bytes of some memory. */
export function viewUnits(memory: Uint8Array, length: number, { size }: UnitForm): Units {
  if (size === 1) return memory.subarray(0, length);
  return new Uint16Array(memory.buffer, memory.byteOffset, length >> 1);
}

/** Returns the unit of an ASCII character. */
export function unitFor(code: number, { isSwapped }: UnitForm): number {
  return isSwapped ? code << 8 : code;
}
