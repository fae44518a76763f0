/** Acts of an item in the place of its work. */
export type FaultKind =
  | 'throws'
  | 'throws-no-error'
  | 'rejects'
  | 'exits'
  | 'loops'
  | 'hangs'
  | 'returns-uncloneable'
  | 'strays'
  | 'exhausts-heap';

/** Number of faults of each kind, of 300: fewer of those that take their time. */
export const shares: Readonly<Record<FaultKind, number>> = {
  throws: 50,
  'throws-no-error': 47,
  rejects: 47,
  exits: 47,
  loops: 3,
  hangs: 3,
  'returns-uncloneable': 48,
  strays: 50,
  'exhausts-heap': 5,
};
