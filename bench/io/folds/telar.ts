/** The program that a user of Telar writes. */
import { writeFileSync } from 'node:fs';
import { csv } from 'telar/files';
import { pipeline } from 'telar';
import { runWork } from '../run-work.ts';
import { readQuestion, TOP, writeSums, writeTop } from './result.ts';

type Sale = Readonly<Record<'city' | 'amount' | 'email', string>>;

const sum = {
  init: (): number => 0,
  step: (total: number, row: Sale): number => total + Number(row.amount),
  merge: (left: number, right: number): number => left + right,
};
const question = readQuestion();

await runWork(async (from, to) => {
  const sales = pipeline(csv<Sale>(from));
  switch (question) {
    case 'cities':
      return writeSums(to, await sales.groupBy((row) => row.city, sum).toArray());
    case 'people':
      return writeSums(to, await sales.groupBy((row) => row.email, sum).toArray());
    case 'top': {
      const rows = await sales.topK(TOP, (row) => Number(row.amount));
      return writeTop(
        to,
        rows.map(({ amount }) => Number(amount)),
      );
    }
    case 'distinct':
      return writeFileSync(to, String(await sales.distinct((row) => row.email).count()));
  }
});
