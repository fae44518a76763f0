/** Rules by which a reference reads CSV, written from RFC 4180 and the documentation as plainly as it can be. */
export interface CsvRules {
  readonly delimiter: string;
  readonly quote: string | false;
  readonly header: boolean;
  readonly columns: readonly string[] | undefined;
  readonly maxRecordBytes: number;
  /** Counts the bytes of a text. */
  readonly measure: (text: string) => number;
  /** A stream in which a quote does not close within so many bytes cannot be read again. */
  readonly giveUpAt: number;
  /** By so many characters a file shows how its lines end. */
  readonly shownBy: number;
}

export type CsvOutcome = readonly ['record', unknown] | readonly ['malformed', line: number];

/** @throws When a header cannot be read. */
export function parseCsv(given: string, rules: CsvRules): CsvOutcome[] {
  const { delimiter, quote, header, columns, maxRecordBytes, measure, giveUpAt, shownBy } = rules;
  let text = given.startsWith('\ufeff') ? given.slice(1) : given;
  const ends = endsWithReturns(text.slice(0, shownBy), delimiter, quote, text.length < shownBy)
    ? ['\r', '\n']
    : ['\n'];
  const end = ends.length > 1 ? /\r?\n$|\r$/ : /\r?\n$/;
  const outcomes: CsvOutcome[] = [];
  let names = header ? undefined : columns;
  let isHeader = header;
  for (let line = 1; text !== '';) {
    const record = readRecord(text, delimiter, quote, ends);
    let { length, lines } = record;
    let problem = record.problem || measure(text.slice(0, length).replace(end, '')) > maxRecordBytes;
    if (record.isUnclosed) problem = true;
    if (record.isUnclosed && measure(text) < giveUpAt) {
      // A record that is never closed costs its first line.
      length = firstEnd(text, ends);
      lines = 1;
    }
    const { fields } = record;
    if (isHeader && problem) throw new Error('no header');
    if (problem) outcomes.push(['malformed', line]);
    else if (fields.length === 1 && fields[0] === '' && !record.hasQuotes) {
      // An empty line is passed over.
    } else if (isHeader) {
      isHeader = false;
      if (columns === undefined && new Set(fields).size < fields.length) throw new Error('a name twice');
      names = columns ?? fields;
    } else if (names !== undefined && fields.length !== names.length) outcomes.push(['malformed', line]);
    else if (names === undefined) outcomes.push(['record', fields]);
    else outcomes.push(['record', Object.fromEntries(names.map((name, at) => [name, fields[at]]))]);
    text = text.slice(length);
    line += lines;
  }
  return outcomes;
}

interface ReferenceRecord {
  readonly fields: readonly string[];
  readonly problem: boolean;
  readonly hasQuotes: boolean;
  readonly isUnclosed: boolean;
  readonly lines: number;
  /** Length of the record, with its line end. */
  readonly length: number;
}

function firstEnd(text: string, ends: readonly string[]): number {
  for (let at = 0; at < text.length; at++) if (ends.includes(text[at] as string)) return at + 1;
  return text.length;
}

/** Reads on over one record, whether or not it is one. */
function readRecord(
  text: string,
  delimiter: string,
  quote: string | false,
  ends: readonly string[],
): ReferenceRecord {
  const fields: string[] = [];
  let field = '';
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let [problem, hasQuotes, lines] = [false, false, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (state === 'quoted') {
      if (character === '\n') lines++;
      if (character !== quote) field += character;
      else if (text[at + 1] === quote) field += text[++at];
      else state = 'closed';
    } else if (ends.includes(character)) {
      if (character === '\n' && state !== 'closed') field = field.replace(/\r$/, '');
      // Behind a closing quote a carriage return is that of the line end.
      fields.push(field);
      return { fields, problem, hasQuotes, lines: lines + 1, length: at + 1, isUnclosed: false };
    } else if (character === delimiter) {
      fields.push(field);
      field = '';
      state = 'start';
    } else if (character === quote && state === 'start') {
      state = 'quoted';
      hasQuotes = true;
    } else {
      const isLineEnd = character === '\r' && text[at + 1] === '\n';
      if (state === 'closed' && !isLineEnd) problem = true;
      if (state !== 'closed') {
        field += character;
        state = 'plain';
      }
    }
  }
  fields.push(field);
  return {
    fields,
    problem,
    hasQuotes,
    lines: lines + 1,
    length: text.length,
    isUnclosed: state === 'quoted',
  };
}

/** Whether there is a lone carriage return outside of quotes, and no line feed but at the end of all. */
function endsWithReturns(text: string, delimiter: string, quote: string | false, isAll: boolean): boolean {
  let hasReturn = false;
  for (let rest = text; rest !== '';) {
    const { length, isUnclosed } = readRecord(rest, delimiter, quote, ['\r', '\n']);
    if (!isUnclosed && rest[length - 1] === '\n') return hasReturn && isAll && length === rest.length;
    if (!isUnclosed && rest[length - 1] === '\r') hasReturn = true;
    rest = rest.slice(length);
  }
  return hasReturn;
}
