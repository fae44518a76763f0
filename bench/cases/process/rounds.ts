import { type ProgramEnd, runProgram } from '../../harness/run-program.ts';

/** Runs a program for each contender, A B C A B C …, each time in a fresh process. */
export async function runPrograms<Said>(
  program: string,
  contenders: Readonly<Record<string, readonly string[]>>,
  rounds: number,
): Promise<Readonly<Record<string, readonly ProgramEnd<Said>[]>>> {
  const ends: Record<string, ProgramEnd<Said>[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(contenders)) {
      (ends[name] ??= []).push(await runProgram<Said>(program, ...args));
    }
  }
  return ends;
}
