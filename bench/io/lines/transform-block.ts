import { TextOutput, type Transform } from '../by-hand/text-output.ts';
import type { LogRecord } from '../tasks.ts';
import { findFailure, type Kind, readPath, splitPath } from './work.ts';

const NEWLINE = 10;

type Add = (output: TextOutput, line: string) => void;

const adds: Readonly<Record<Kind, Add>> = {
  each: (output, line) => output.add(`${readPath(line)}\n`),
  skip: (output, line) => {
    const failure = findFailure(JSON.parse(line) as LogRecord);
    if (failure !== undefined) output.add(`${JSON.stringify(failure)}\n`);
  },
  generator: (output, line) => {
    for (const part of splitPath(JSON.parse(line) as LogRecord)) output.add(`${JSON.stringify(part)}\n`);
  },
};

/** Makes what takes a block line by line. */
export function makeTransform(kind: Kind): Transform {
  const add = adds[kind];
  return (bytes, spare) => {
    const output = new TextOutput(spare, bytes.length * 2);
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline === -1 ? bytes.length : newline;
      add(output, bytes.toString('utf8', from, end));
      from = end + 1;
    }
    return output.finish();
  };
}
