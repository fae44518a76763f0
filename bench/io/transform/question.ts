/** Question of a program that reads the table of sales row by row. */
export type Transform = 'filter' | 'own' | 'join';

/** Rows of at least this amount, in this country, are kept. */
export const LEAST = 500;
export const COUNTRY = 'ES';

/** A function of a user's own, which no query language has: the check letters of an address. */
export function checkLetters(email: string, date: string): string {
  let check = 7;
  for (let turn = 0; turn < 8; turn++) {
    for (let at = 0; at < email.length; at++)
      check = (check * 31 + email.charCodeAt(at) * (turn + 1)) % 65_521;
  }
  for (let at = 0; at < date.length; at++) check = (check * 31 + date.charCodeAt(at)) % 65_521;
  return check.toString(36);
}
