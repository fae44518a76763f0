import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hashBuild } from '../all/progress.ts';
import { root } from '../harness/root.ts';

const folder = new URL('.cache/', root);
const file = new URL('matrix.json', folder);

/** Seconds that each way took that was right, by its name. */
interface Kept {
  /** The build, the rows and the Node that the progress is of. */
  readonly of: string;
  readonly right: Record<string, number>;
}

/** Remembers which ways were right, with this build, these rows and this Node, so that a run that was cut off goes on. */
export class Progress {
  readonly #of = `${process.version} ${hashBuild()} ${hashRows()}`;
  readonly #right: Record<string, number>;

  /** @param isNew - Whether what was right before is forgotten. */
  constructor(isNew: boolean) {
    const kept = isNew ? undefined : read();
    this.#right = kept?.of === this.#of ? kept.right : {};
  }

  /** The seconds of a way that was right. */
  secondsOf(way: string): number | undefined {
    return this.#right[way];
  }

  note(way: string, seconds: number): void {
    this.#right[way] = seconds;
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify({ of: this.#of, right: this.#right } satisfies Kept, null, 2));
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

/** The rows are compiled by others, so that the build does not show a change of them. */
function hashRows(): string {
  const hash = createHash('sha256');
  const rows = new URL('test/fixtures/matrix/', root);
  for (const name of readdirSync(rows, { recursive: true, encoding: 'utf8' }).sort())
    if (/\.m?[jt]s$/.test(name))
      hash.update(name).update(readFileSync(new URL(name.replaceAll('\\', '/'), rows)));
  return hash.digest('hex');
}
