/** Outcome of a scan: the members that are read, that more is done than reading, or that it takes the parser to tell. */
export type Scanned = { readonly names: readonly string[] } | 'used' | 'unsure';

/** Length of the longest text that is looked at: a longer one would take longer to read than its rows. */
export const LONGEST = 50_000;

interface Tokens {
  readonly texts: readonly string[];
  readonly isName: (at: number) => boolean;
}

const TOKEN =
  /\s+|\/\/.*|\/\*[^]*?\*\/|[A-Za-z_$][\w$]*|\d[\w.]*|"(?:[^"\\\n\r]|\\[^])*"|'(?:[^'\\\n\r]|\\[^])*'|>>>=|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|===|!==|\.\.\.|==|!=|<=|>=|=>|\+\+|--|\*\*|<<|>>|&&|\|\||\?\?|\?\.(?!\d)|[-+*/%&|^]=|[-+*/%&|^~!<>=?:;,.()[\]{}]/y;
const SPACE = /^(?:\s|\/[/*])/;
const NAME = /^[A-Za-z_$]/;

const setOf = (texts: string): ReadonlySet<string | undefined> => new Set(texts.split(' '));
/** Words after which a slash begins a regular expression. */
const BEFORE_EXPRESSION = setOf(
  'return typeof case in of do else void delete throw new instanceof yield await',
);
/** Words by which there is more to a function than its text. */
const REFUSED = setOf('eval arguments with super');
/** Tokens that make more of a member before them than a read: it is set, or called with the object as `this`. */
const CHANGES = setOf('= += -= *= /= %= &= |= ^= **= <<= >>= >>>= &&= ||= ??= ++ -- ( of in');
const CHANGES_BEFORE = setOf('delete new ++ --');
/** Tokens between which a name is a value that goes elsewhere. */
const HANDS_ON = setOf('( , [ { ... => = ? : return && || ??');
const ENDS = setOf(') , ] } ;');
const CLOSED = setOf('] }');
const OPENING = setOf('( [ {');
const CLOSING = setOf(') ] }');

/**
 * Looks for what `listReads` finds, in the tokens of a text: where functions are plain, this tells the same without the
 * parser, which takes 15 ms of the main thread to load and to use for the first time.
 *
 * @param text - Text of the function, as `toString` gives it.
 * @param position - Number of the parameter, from 0.
 */
export function scanReads(text: string, position: number): Scanned {
  const tokens = text.length > LONGEST ? undefined : tokenize(text);
  const head = tokens && readHead(tokens);
  const name = head?.parameters[position];
  if (tokens === undefined || head === undefined || name === undefined) return 'unsure';
  const { texts, isName } = tokens;
  if (!isWhole(texts, head.end)) return 'unsure';
  const names = new Set<string>();
  for (let at = head.end; at < texts.length; at++) {
    const token = texts[at];
    const before = texts[at - 1];
    // A bracket closes before an assignment where a pattern sets what it holds.
    if (CLOSED.has(before) && (token === '=' || token === 'of' || token === 'in')) return 'unsure';
    if (before === '.' || before === '?.' || !isName(at)) continue;
    if (REFUSED.has(token)) return 'unsure';
    if (token !== name) continue;
    const after = texts[at + 1];
    if (after !== '.' && after !== '?.') {
      return HANDS_ON.has(before) && (after === undefined || ENDS.has(after)) ? 'used' : 'unsure';
    }
    if (!isName(at + 2) || !isRead(texts, at)) return 'unsure';
    names.add(texts[at + 2] as string);
  }
  return { names: [...names] };
}

/** Returns whether all from here on is one body: a block, or an expression. */
function isWhole(texts: readonly string[], from: number): boolean {
  const isBlock = texts[from] === '{';
  let depth = 0;
  for (let at = from; at < texts.length; at++) {
    const token = texts[at] as string;
    if (OPENING.has(token)) depth++;
    else if (CLOSING.has(token)) depth--;
    const isLast = at === texts.length - 1;
    if (depth < 0 || (isBlock && depth === 0 && !isLast)) return false;
    if (depth === 0 && (token === ',' || token === ';')) return false;
  }
  return depth === 0;
}

/** Returns whether the member of the name at this place is read only. */
function isRead(texts: readonly string[], at: number): boolean {
  let before = at - 1;
  while (texts[before] === '(') before--;
  let after = at + 3;
  while (texts[after] === ')') after++;
  const isCalled = texts[after] === '?.' && texts[after + 1] === '(';
  return !isCalled && !CHANGES.has(texts[after]) && !CHANGES_BEFORE.has(texts[before]);
}

/** Splits a text, without comments; gives nothing where there are regular expressions, templates, or other writing. */
function tokenize(text: string): Tokens | undefined {
  // HTML's comments are comments in some texts, and operators in others.
  if (text.includes('<!--') || text.includes('-->')) return undefined;
  const texts: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < text.length; end = TOKEN.lastIndex) {
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return undefined;
    if (SPACE.test(token)) continue;
    if (token.startsWith('/') && !isOperand(texts.at(-1))) return undefined;
    texts.push(token);
  }
  return { texts, isName: (at) => NAME.test(texts[at] ?? '') };
}

/** Returns whether a slash behind a token divides. */
function isOperand(token: string | undefined): boolean {
  return token !== undefined && /^[\w$"'\]]/.test(token) && !BEFORE_EXPRESSION.has(token);
}

/** Reads the names of the parameters, where they are nothing but names, and finds the end of their list. */
function readHead({
  texts,
  isName,
}: Tokens): { readonly parameters: readonly string[]; readonly end: number } | undefined {
  let at = texts[0] === 'async' && texts[1] !== '=>' ? 1 : 0;
  if (isName(at) && texts[at + 1] === '=>') return { parameters: [texts[at] as string], end: at + 2 };
  const isFunction = texts[at] === 'function';
  if (isFunction) at += texts[at + 1] === '*' ? 2 : 1;
  const isNamed = isName(at);
  if (isNamed) at++;
  if (texts[at] !== '(') return undefined;
  const parameters: string[] = [];
  for (let end = at + 1; isName(end); end += 2) {
    const parameter = texts[end] as string;
    if (parameters.includes(parameter)) return undefined;
    parameters.push(parameter);
    if (texts[end + 1] === ',') continue;
    const isBody = texts[end + 2] === (isFunction || isNamed ? '{' : '=>');
    const length = isFunction || isNamed ? 2 : 3;
    return texts[end + 1] === ')' && isBody ? { parameters, end: end + length } : undefined;
  }
  return undefined;
}
