import type { Flags, Verb } from './verb.ts';

/** Describes all commands, for `telar --help`. */
export function describeVerbs(verbs: readonly Verb[]): string {
  const lines = verbs.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return [
    'Usage: telar <command> [options]',
    '',
    'Commands:',
    ...lines,
    '',
    'telar <command> --help says more; telar --version, which version this is.',
    '',
  ].join('\n');
}

/** Describes one command with its options. */
export function describeVerb(usage: string, summary: string, flags: Flags): string {
  const rows = Object.entries(flags).map(([name, { value, says }]) => {
    const shown = value === undefined ? `--${name}` : `--${name} <${value}>`;
    return `  ${shown.padEnd(24)} ${says}`;
  });
  return [`Usage: telar ${usage}`, '', summary, '', 'Options:', ...rows, ''].join('\n');
}
