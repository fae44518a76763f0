import { createHash, randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { root } from '../harness/root.ts';

const folder = new URL('.cache/', root);
const file = new URL('test-all.json', folder);

/** Seconds that each part took that has passed, by its name. */
interface Kept {
  /** The build and the Node.js that the progress is of. */
  readonly of: string;
  /** Seed that all parts drew from. */
  readonly seed: number;
  readonly passed: Record<string, number>;
}

/** Remembers which parts have passed, on this build and this Node, so that a run that was cut off goes on. */
export class Progress {
  readonly #of = `${process.version} ${hashBuild()}`;
  readonly #passed: Record<string, number>;
  /** Seed of all that is random: another one each time that all parts begin anew. */
  readonly seed: number;

  constructor(seed: number | undefined) {
    const kept = read();
    const goesOn = kept?.of === this.#of && (seed ?? kept.seed) === kept.seed;
    this.#passed = goesOn ? kept.passed : {};
    this.seed = goesOn ? kept.seed : (seed ?? randomInt(2 ** 31));
  }

  /** The seconds of a part that has passed. */
  secondsOf(part: string): number | undefined {
    return this.#passed[part];
  }

  note(part: string, seconds: number): void {
    this.#passed[part] = seconds;
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      file,
      JSON.stringify({ of: this.#of, seed: this.seed, passed: this.#passed } satisfies Kept, null, 2),
    );
  }

  static forget(): void {
    rmSync(file, { force: true });
  }
}

function read(): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    // There is none yet, or it was cut off.
    return undefined;
  }
}

/** A change of what is tested, or of the tests, makes all parts run again. */
export function hashBuild(): string {
  const hash = createHash('sha256');
  for (const part of ['src', 'workers', 'test', 'bench', 'examples']) {
    const from = new URL(`dist/${part}/`, root);
    for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.js'))
        hash.update(name).update(readFileSync(new URL(name.replaceAll('\\', '/'), from)));
  }
  return hash.digest('hex');
}
