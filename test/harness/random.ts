import fc from 'fast-check';

const given = process.env['TELAR_SEED'];

/**
 * The seed of what a test draws: its own, so that `npm test` does the same each time. TELAR_SEED says another, and
 * `npm run test:all` gives one of its own to all, which it prints.
 */
export function seedOf(own: number): number {
  return given === undefined ? own : Number(given);
}

/** Settings with which a property is tried. */
export interface Trials {
  /** Seed for where no other is asked for: see `seedOf`. */
  readonly seed: number;
  /** `@defaultValue` 100 */
  readonly numRuns?: number;
}

/** `fc.assert` that cannot forget its seed. */
export function assertProperty<T>(property: fc.IAsyncProperty<T>, trials: Trials): Promise<void>;
export function assertProperty<T>(property: fc.IProperty<T>, trials: Trials): void;
export function assertProperty<T>(property: fc.IRawProperty<T>, trials: Trials): Promise<void> | void {
  return fc.assert(property as fc.IAsyncProperty<T>, { ...trials, seed: seedOf(trials.seed) });
}
