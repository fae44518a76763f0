/*
 * Finds what a source file imports without a parser: a parser of JavaScript knows no TypeScript, and the one that is there is
 * loaded by callers alone. A lexer that knows where comments, strings, templates and regular expressions end is enough,
 * since whatever stands before a specifier is a keyword. Where it errs, it errs on all machines alike.
 */

/** A token: spaces and comments; a string; a name, or what is no ASCII; a number; any other sign. */
const TOKEN =
  /(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<name>[#@]?[A-Za-z_$\x80-\uffff][\w$\x80-\uffff]*)|(?<text>'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?)|(?<number>\.?\d[\w.]*)|(?<sign>\+\+|--|[\s\S])/y;
/** A part of a template: up to its end or the next expression. */
const TEMPLATE = /((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)(`|\$\{|$)/y;
const REGEX = /\/(?:[^/\\\n[]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[a-z]*/y;

/** Behind these words an expression begins, so a slash begins a regular expression. */
const BEFORE_EXPRESSION =
  /^(?:await|case|delete|do|else|extends|in|instanceof|new|of|return|throw|typeof|void|yield)$/;
/** Behind the parentheses of these a statement begins. */
const BEFORE_STATEMENT = /^(?:if|for|while|with)$/;

/** Stands for a string among the tokens. */
const STRING = '""';

/** Lists the specifiers of a source file, as written and in order: imports, exports from, `import()` and `require()` of literals. */
export function listImports(source: string): string[] {
  const lexer = new Lexer(source);
  lexer.read();
  return lexer.specifiers;
}

class Lexer {
  readonly specifiers: string[] = [];
  readonly #source: string;
  readonly #tokens: string[] = [];
  /** Templates, braces and parentheses that are open, the latter with the word before them. */
  readonly #open: string[] = [];
  #at = 0;
  /** Whether the parenthesis that was closed last stood behind `if` or the like. */
  #isStatementNext = false;

  constructor(source: string) {
    this.#source = source;
  }

  read(): void {
    this.#at = /^#!.*/.exec(this.#source)?.[0].length ?? 0;
    while (this.#at < this.#source.length) this.#readToken();
  }

  #readToken(): void {
    if (this.#source[this.#at] === '/' && this.#mayBeRegex() && this.#match(REGEX) !== undefined) {
      this.#tokens.push(STRING);
      return;
    }
    const { space, text, name, number, sign } = this.#match(TOKEN)?.groups ?? {};
    if (text !== undefined) this.#addString(text.slice(1, text.endsWith(text[0] as string) ? -1 : undefined));
    else if (sign !== undefined) this.#readSign(sign);
    else if (space === undefined) this.#tokens.push(name ?? number ?? '');
  }

  #readSign(sign: string): void {
    if (sign === '`') {
      this.#readTemplate(true);
      return;
    }
    if (sign === '(') this.#open.push(this.#tokens.at(-1) ?? '');
    else if (sign === '{') this.#open.push(sign);
    else if (sign === ')') this.#isStatementNext = BEFORE_STATEMENT.test(this.#open.pop() ?? '');
    else if (sign === '}' && this.#open.pop() === '`') {
      this.#readTemplate(false);
      return;
    }
    this.#tokens.push(sign);
  }

  #readTemplate(isStart: boolean): void {
    const [, text = '', end] = this.#match(TEMPLATE) ?? [];
    if (end === '${') this.#open.push('`');
    else if (isStart) this.#addString(text);
    else this.#tokens.push(STRING);
    // A slash behind the beginning of an expression means the same as behind a parenthesis.
    if (end === '${') this.#tokens.push('(');
  }

  #addString(text: string): void {
    if (this.#isSpecifier()) this.specifiers.push(text.replaceAll(/\\(.)/g, '$1'));
    this.#tokens.push(STRING);
  }

  /** Returns whether a string that stands here names an import. */
  #isSpecifier(): boolean {
    const [third, second, last] = [this.#tokens.at(-3), this.#tokens.at(-2), this.#tokens.at(-1)];
    if (last === 'from') return !this.#isOfTypes();
    if (last === 'import') return second !== '.';
    if (last !== '(' || (second !== 'import' && second !== 'require') || third === '.') return false;
    // A specifier that is more than a literal is known at run time only.
    return /^\s*(?:['"`])?\s*[),]/.test(this.#source.slice(this.#at, this.#at + 100));
  }

  /** Returns whether the import or export that ends here is of types: no such import is left when the program runs. */
  #isOfTypes(): boolean {
    let at = this.#tokens.length - 2;
    while (at >= 0 && !/^(?:import|export)$/.test(this.#tokens[at] as string)) {
      if (!/^(?:""|[{},*]|[A-Za-z_$\x80-\uffff].*)$/s.test(this.#tokens[at] as string)) return false;
      at--;
    }
    const [word, next] = [this.#tokens[at + 1], this.#tokens[at + 2]];
    return word === 'type' && next !== ',' && at + 2 < this.#tokens.length - 1;
  }

  #mayBeRegex(): boolean {
    const next = this.#source[this.#at + 1];
    if (next === '/' || next === '*') return false;
    const last = this.#tokens.at(-1);
    if (last === undefined || last === '}') return true;
    if (last === ')') return this.#isStatementNext;
    if (last === STRING || last === ']' || last === '++' || last === '--') return false;
    if (/^(?:[\w$#@\x80-\uffff]|\.\d)/.test(last))
      return BEFORE_EXPRESSION.test(last) && this.#tokens.at(-2) !== '.';
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }
}
