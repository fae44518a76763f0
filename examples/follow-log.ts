/**
 * Follows a log of NDJSON records `{ time, level }` and alerts when more than a share of a minute's records are errors:
 *
 *     node dist/examples/follow-log.js app.log [share, 0.05]
 *
 * Runs until SIGINT. A minute is judged when a record of a later one comes, or ten seconds after its end.
 */
import { tail } from 'telar/files';
import { pipeline, skip } from 'telar';

interface Seen {
  readonly minute: number;
  readonly isError: boolean;
}

const [path, share = '0.05'] = process.argv.slice(2);
if (path === undefined || !(Number(share) > 0)) {
  process.stderr.write('Usage: node dist/examples/follow-log.js <file> [share of errors]\n');
  process.exit(2);
}

const MINUTE = 60_000;
let minute = -1;
let records = 0;
let errors = 0;

function judge(): void {
  if (records > 0) {
    const rate = errors / records;
    const what = `${new Date(minute * MINUTE).toISOString().slice(0, 16)} ${records} records, ${(100 * rate).toFixed(1)} % errors`;
    process.stdout.write(rate > Number(share) ? `ALERT ${what}\n` : `ok    ${what}\n`);
  }
  records = 0;
  errors = 0;
}

function count(seen: Seen): void {
  // Records of a minute that was judged already come too late to count.
  if (seen.minute < minute) return;
  if (seen.minute > minute) {
    judge();
    minute = seen.minute;
  }
  records++;
  if (seen.isError) errors++;
}

const timer = setInterval(() => {
  if (Date.now() > (minute + 1) * MINUTE + 10_000) judge();
}, 1000);
const run = pipeline(tail(path))
  .cpu(function parse(line): Seen | typeof skip {
    if (line.trim() === '') return skip;
    const { time, level } = JSON.parse(line) as { time: string | number; level: string };
    const at = new Date(time).getTime();
    if (Number.isNaN(at)) throw new TypeError(`no time: ${line}`);
    return { minute: Math.floor(at / 60_000), isError: level === 'error' };
  })
  .onError(({ item, error }) => process.stderr.write(`not a record: ${String(item)} (${error.message})\n`))
  .tap(count)
  .start();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void run.stop());
try {
  await run.done;
} finally {
  clearInterval(timer);
  judge();
}
