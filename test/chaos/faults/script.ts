import type { Random } from '../trial/random.ts';
import { type FaultKind, shares } from './kinds.ts';

/** An item of a run that goes wrong on purpose. */
export interface FaultyItem {
  readonly id: number;
  readonly fault: FaultKind | undefined;
  /** The first try at which it behaves; `Infinity` for never. */
  readonly healthyAt: number;
  /** The file in which each of its starts is noted. */
  readonly record: string;
}

/** Writes the script of a run: which items misbehave, how, and for how many tries. */
export function writeScript(random: Random, items: number, faults: number, record: string): FaultyItem[] {
  const kinds = spreadKinds(faults);
  const faulty = new Map(random.sample(faults, items).map((id, position) => [id, kinds[position]]));
  return Array.from({ length: items }, (_, id) => {
    const fault = faulty.get(id);
    return { id, fault, healthyAt: fault === undefined ? 1 : random.pick([2, 3, Infinity]), record };
  });
}

/** As many kinds as there are faults, in the proportion of their shares, and one of each at least. */
function spreadKinds(faults: number): FaultKind[] {
  const kinds = Object.keys(shares) as FaultKind[];
  const of300 = kinds.flatMap((kind) => Array.from({ length: shares[kind] }, () => kind));
  return Array.from({ length: faults }, (_, position) =>
    position < kinds.length ? (kinds[position] as FaultKind) : (of300[(position * 37) % 300] as FaultKind),
  );
}
