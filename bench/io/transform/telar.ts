/** The program that a user of Telar writes. */
import { csv, toLines } from 'telar/files';
import { share } from 'telar/memory';
import { pipeline } from 'telar';
import { writeSums } from '../folds/result.ts';
import { runWork } from '../run-work.ts';
import { checkLetters, COUNTRY, LEAST, type Transform } from './question.ts';

type Sale = Readonly<Record<'id' | 'city' | 'country' | 'amount' | 'date' | 'email', string>>;
type Customer = Readonly<Record<'email' | 'segment', string>>;

const [question, customers] = process.argv.slice(4) as [Transform, string];

await runWork(async (from, to) => {
  const sales = pipeline(csv<Sale>(from));
  switch (question) {
    case 'filter':
      await sales
        .filter((row) => row.country === COUNTRY && Number(row.amount) >= LEAST)
        .cpu((row) => `${row.id},${row.city},${row.amount}`)
        .to(toLines(to));
      return;
    case 'own':
      await sales.cpu((row) => `${row.id},${checkLetters(row.email, row.date)}`).to(toLines(to));
      return;
    case 'join': {
      const rows = await pipeline(csv<Customer>(customers))
        .cpu(({ email, segment }): [string, string] => [email, segment])
        .toArray();
      const segments = share(new Map(rows));
      const sums = await sales
        .groupBy((row) => segments.get(row.email), {
          init: () => 0,
          step: (total, row) => total + Number(row.amount),
          merge: (left, right) => left + right,
        })
        .toArray();
      writeSums(to, sums as [string, number][]);
    }
  }
});
