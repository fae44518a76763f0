/**
 * `npm start`: the ETL of several APIs into PostgreSQL; `npm start -- scan [folder]`: the scan of a folder; `npm start -- cluster`:
 * a cluster on this machine.
 */
const [command, ...others] = process.argv.slice(2);
if (command === 'scan' || command === 'cluster') {
  process.argv.splice(2, 1);
  await (command === 'scan' ? import('./scan/main.ts') : import('./cluster/main.ts'));
} else if (command === undefined || (!command.startsWith('-') && others.length === 0)) {
  await import('./etl/main.ts');
} else {
  process.stderr.write(
    'Usage: npm start [folder]\n       npm start -- scan [folder] [options]\n       npm start -- cluster [--kill]\n',
  );
  process.exitCode = command === '--help' || command === '-h' ? 0 : 2;
}

export {};
