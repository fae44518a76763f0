/** One figure of a scenario: what it must be, and what was reached. */
export interface Figure {
  readonly what: string;
  readonly mustBe: string;
  readonly reached: string;
  readonly holds: boolean;
  /** A duration or a share of the CPU: it is told by `npm run chaos`, and no test asserts it. */
  readonly isTiming: boolean;
}

/** Jepsen's four numbers, over all items of a scenario. */
export interface Score {
  /** Items without an outcome. */
  lost: number;
  /** Outcomes beyond one for an item, and runs beyond its tries where that is promised. */
  duplicated: number;
  /** Outcomes that the model does not allow: another status, error or value. */
  unexpected: number;
  /** Items that succeeded although a fault hit them, or their worker. */
  recovered: number;
}

/** Collects the figures of one scenario. */
export class Figures {
  readonly all: Figure[] = [];

  /** A count that must be reached exactly. */
  exactly(what: string, reached: number | string, mustBe: number | string): void {
    this.#add(what, String(mustBe), String(reached), reached === mustBe);
  }

  /** A count of what must never happen; the first examples stand beside it. */
  none(what: string, found: number | readonly unknown[]): void {
    const count = typeof found === 'number' ? found : found.length;
    const examples = typeof found === 'number' ? '' : found.slice(0, 3).map(String).join('; ');
    this.#add(
      what,
      '0',
      count > 0 && examples !== '' ? `${count} (${examples})` : String(count),
      count === 0,
    );
  }

  /** A count that must not be passed. */
  atMost(what: string, reached: number, most: number, unit = ''): void {
    this.#add(what, `≤ ${format(most)}${unit}`, `${format(reached)}${unit}`, reached <= most);
  }

  atLeast(what: string, reached: number, least: number): void {
    this.#add(what, `≥ ${format(least)}`, format(reached), reached >= least);
  }

  /** A time or a share of the CPU, which depends on the machine. */
  within(what: string, reached: number, most: number, unit: 'ms' | '%'): void {
    this.#add(what, `≤ ${format(most)} ${unit}`, `${format(reached)} ${unit}`, reached <= most, true);
  }

  #add(what: string, mustBe: string, reached: string, holds: boolean, isTiming = false): void {
    this.all.push({ what, mustBe, reached, holds, isTiming });
  }
}

function format(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(1);
}
