import type { Progress } from '../../../src/index.ts';
import { describeBytes, describeCount, describeTime } from './units.ts';

const LINE_EVERY = 5000;
const WIDTH = 24;

/**
 * Shows on stderr how much of the work is done, by bytes: files differ in size by a factor of a million, so that
 * their number alone, which `progress: true` would show, says little. Where nothing can be redrawn, a line every
 * five seconds.
 */
export class ProgressBar {
  readonly #bytes: number;
  readonly #files: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #canRedraw: boolean;
  #written = 0;
  #next = LINE_EVERY;

  constructor(files: number, bytes: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#files = files;
    this.#bytes = bytes;
    this.#stream = stream;
    this.#canRedraw = stream.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
    if (this.#canRedraw) this.#redraw(0, 0);
  }

  /** A row was written. */
  advance(bytes: number): void {
    this.#written += bytes;
  }

  /** Takes what `onProgress` tells, which is not more often than anybody can read. */
  show({ done, elapsed }: Progress): void {
    if (this.#canRedraw) {
      this.#redraw(done, elapsed);
    } else if (elapsed >= this.#next) {
      this.#next = elapsed + LINE_EVERY;
      this.#stream.write(`${this.#describe(done, elapsed)}\n`);
    }
  }

  /** Leaves nothing of the bar on the terminal. */
  close(): void {
    if (this.#canRedraw) this.#stream.write('\r\u001B[K');
  }

  #redraw(done: number, elapsed: number): void {
    const filled = Math.round(this.#share * WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    this.#stream.write(`\r\u001B[K${bar} ${this.#describe(done, elapsed)}`);
  }

  get #share(): number {
    return this.#bytes === 0 ? 1 : Math.min(1, this.#written / this.#bytes);
  }

  #describe(done: number, elapsed: number): string {
    const share = this.#share;
    const left = share > 0.1 ? `, ${describeTime((elapsed / share) * (1 - share))} left` : '';
    const files = `${describeCount(done)} of ${describeCount(this.#files)} files`;
    return `${Math.floor(share * 100)} % of ${describeBytes(this.#bytes)}, ${files}${left}`;
  }
}
