import { parseArgs } from 'node:util';

/** Request of the command line. */
export type Command =
  | { readonly kind: 'scan'; readonly folder: string; readonly out: string; readonly workers?: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly reason: string };

export const USAGE = `Usage: npm start -- scan [folder] [options]

Measures and parses every JavaScript and declaration file of a folder, on all cores.

  folder           what to scan (default: node_modules)
  --out <file>     where the rows go, one JSON object a line (default: telar-scan.ndjson)
  --workers <n>    threads to use (default: one for each core)
  -h, --help       show this text
`;

/** Reads the arguments after the script's name. Never throws: what is wrong with them is data. */
export function parseCommand(args: string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: 'string', default: 'telar-scan.ndjson' },
        workers: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const [folder = 'node_modules', ...others] = positionals;
    if (others.length > 0) return refuse(`Expected one folder, got ${positionals.length}.`);
    if (folder === '' || values.out === '') return refuse('Expected a name, got an empty one.');
    if (values.workers === undefined) return { kind: 'scan', folder, out: values.out };
    const workers = Number(values.workers);
    if (!Number.isInteger(workers) || workers < 1) {
      return refuse(`Expected --workers to be a whole number from 1, got "${values.workers}".`);
    }
    return { kind: 'scan', folder, out: values.out, workers };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(reason: string): Command {
  return { kind: 'refused', reason };
}
