/** Whether `npm run test:all` runs this file: in full, and not in the short form that `npm test` has time for. */
export const isLong: boolean = process.env['TELAR_LONG'] === '1';

/** How much of something a test does: little in `npm test`, all of it in `npm run test:all`. */
export function sample<T>(short: T, long: T): T {
  return isLong ? long : short;
}
