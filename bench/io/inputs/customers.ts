import { makeInputFile } from './input-file.ts';

const PEOPLE = 300_000;
export const SEGMENTS = 40;

/** A table in CSV that says to which segment each of the people of `sales` belongs: 9 MB, whatever the sales are. */
export function makeCustomers(): Promise<string> {
  const bytes = Array.from(writeRows(), ({ length }) => length).reduce((all, length) => all + length, 0);
  return makeInputFile({ name: 'customers.csv', version: 1, bytes, seed: 0, lines: writeRows });
}

function* writeRows(): Generator<string> {
  yield 'email,segment\n';
  for (let id = 0; id < PEOPLE; id++) yield `user${id}@example.com,segment-${(id * 7) % SEGMENTS}\n`;
}
