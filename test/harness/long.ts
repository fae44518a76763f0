/** Tells whether `npm run test:all` runs this file: in full, and not in the short form that `npm test` has time for. */
export const isLong: boolean = process.env['TELAR_LONG'] === '1';

/** The options of a test that only `npm run test:all` runs, in a file that `npm test` runs too. */
export const inFull: { readonly skip: string | false } = {
  skip: isLong ? false : 'npm run test:all runs it',
};

/** Chooses the amount that a test does: little in `npm test`, all of it in `npm run test:all`. */
export function sample<T>(short: T, long: T): T {
  return isLong ? long : short;
}
