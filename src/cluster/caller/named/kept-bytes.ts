/** Bytes of outcomes of one run that a broker may be asked to keep without a word. */
const MUCH = 1024 ** 3;

/** Counts the outcomes of a named run, which stay at the broker until the run is over, and warns once of many. */
export class KeptBytes {
  readonly #run: string;
  #bytes = 0;

  constructor(run: string) {
    this.#run = run;
  }

  add(bytes: number): void {
    const before = this.#bytes;
    this.#bytes += bytes;
    if (before > MUCH || this.#bytes <= MUCH) return;
    process.emitWarning(
      `The broker keeps more than 1 GB of outcomes for the run '${this.#run}', until the call resolves. Give it several runs, ` +
        'each over a part of the items, or let tasks write what they make and return less.',
      'TelarClusterWarning',
    );
  }
}
