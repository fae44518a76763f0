import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from '../harness/program.ts';
import { type Outcomes, watchProgram } from './watch-program.ts';
import { writeSources } from './set-up/sources.ts';
import type { NodeLine, Way } from './way.ts';
import { resolveCommand, type Workshop } from './set-up/workshop.ts';

/** Sets a way up in a folder of its own, within that of its kit, and runs all rows there. */
export async function runWay(way: Way, line: NodeLine, workshop: Workshop): Promise<Outcomes> {
  const kit = await workshop.openKit(way.kit);
  const node = await workshop.openNode(line);
  const folder = join(kit, `${way.name}-${line}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeSources(folder, way.form);
  const files = {
    'package.json': JSON.stringify({ name: 'program', private: true, type: way.type ?? 'module' }),
    ...way.files,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const command of way.build ?? []) {
    const [program, ...args] = resolveCommand(kit, process.execPath, command);
    await runProgram(program, args, folder);
  }
  for (const [from, to] of Object.entries(way.beside ?? {}))
    cpSync(join(folder, from), join(folder, to), { recursive: true });
  const env = { ...way.env, MATRIX_REPORT: join(folder, 'report.ndjson') };
  return watchProgram(resolveCommand(kit, node, way.run), folder, env);
}
