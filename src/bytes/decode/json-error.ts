/**
 * Says what is wrong with a text that is no JSON, and at which character, in the same words on all versions of Node.
 */
export function findJsonError(text: string): { problem: string; position: number } {
  const scanner = new Scanner(text);
  try {
    scanner.skipSpace();
    scanner.scanValue();
    scanner.skipSpace();
    if (scanner.position < text.length) scanner.fail('the end');
  } catch (thrown) {
    if (thrown instanceof Mistake) return thrown;
    // The text is nested too deeply even to look for its mistake.
    return { problem: 'not valid JSON', position: scanner.position };
  }
  return { problem: 'not valid JSON', position: 0 };
}

class Mistake extends Error {
  readonly problem: string;
  readonly position: number;

  constructor(problem: string, position: number) {
    super(problem);
    this.problem = problem;
    this.position = position;
  }
}

/** Reads JSON (RFC 8259) as far as it takes to find the first character that breaks its rules. */
class Scanner {
  position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  fail(expected: string): never {
    const found = this.#text[this.position];
    const what = found === undefined ? 'the line ends' : `found ${JSON.stringify(found)}`;
    throw new Mistake(`not valid JSON: expected ${expected}, ${what}`, this.position);
  }

  skipSpace(): void {
    while (' \t\r\n'.includes(this.#text[this.position] ?? 'x')) this.position++;
  }

  scanValue(): void {
    const first = this.#text[this.position];
    if (first === '{') this.#scanObject();
    else if (first === '[') this.#scanArray();
    else if (first === '"') this.#scanString();
    else if (!this.#scan(/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null/y))
      this.fail('a value');
  }

  #scanObject(): void {
    this.position++;
    this.skipSpace();
    if (this.#take('}')) return;
    for (;;) {
      if (this.#text[this.position] !== '"') this.fail('a name in quotes');
      this.#scanString();
      this.skipSpace();
      if (!this.#take(':')) this.fail('":"');
      this.skipSpace();
      this.scanValue();
      this.skipSpace();
      if (this.#take('}')) return;
      if (!this.#take(',')) this.fail('"," or "}"');
      this.skipSpace();
    }
  }

  #scanArray(): void {
    this.position++;
    this.skipSpace();
    if (this.#take(']')) return;
    for (;;) {
      this.scanValue();
      this.skipSpace();
      if (this.#take(']')) return;
      if (!this.#take(',')) this.fail('"," or "]"');
      this.skipSpace();
    }
  }

  #scanString(): void {
    this.position++;
    // Control characters must be escaped.
    // oxlint-disable-next-line no-control-regex
    this.#scan(/(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y);
    if (!this.#take('"')) this.fail('the end of a text');
  }

  #scan(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.#text);
    if (found === null) return false;
    this.position += found[0].length;
    return true;
  }

  #take(character: string): boolean {
    if (this.#text[this.position] !== character) return false;
    this.position++;
    return true;
  }
}
