/** Matches white space, which stands for nothing in SQL, as comments do; comments in blocks may hold others. */
const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const BLOCK_EDGE = /\/\*|\*\//g;
/** Matches texts and names, within which a comment is none: '…', "…", E'…' and $tag$…$tag$. */
const QUOTED =
  /[eE]'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[^]*?\1/y;
const WORD = /[\w\u0080-\uffff$]+/y;

/** Finds the end of the comments and spaces that begin at `at`; `at` where there are none. */
function skipSpace(sql: string, at: number): number {
  for (let end = at; ;) {
    const from = end;
    SPACE.lastIndex = end;
    if (SPACE.test(sql)) end = SPACE.lastIndex;
    LINE_COMMENT.lastIndex = end;
    if (LINE_COMMENT.test(sql)) end = LINE_COMMENT.lastIndex;
    if (sql.startsWith('/*', end)) end = skipBlock(sql, end);
    if (end === from) return end;
  }
}

function skipBlock(sql: string, at: number): number {
  let depth = 0;
  BLOCK_EDGE.lastIndex = at;
  for (let edge = BLOCK_EDGE.exec(sql); edge !== null; edge = BLOCK_EDGE.exec(sql)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return BLOCK_EDGE.lastIndex;
  }
  return sql.length;
}

const FIRST_WORDS = /^(\(|(SELECT|WITH|VALUES|TABLE|INSERT|UPDATE|DELETE|MERGE)(?![\w$.]))/i;

/** Says whether a text is a query, and not the name of a table. A comment in front is as good as a space. */
export function isQuery(sql: string): boolean {
  const from = skipSpace(sql, 0);
  // A table may have a name that is the first word of a query.
  return FIRST_WORDS.test(sql.slice(from)) && !/^\w+$/.test(sql);
}

/** Cuts off what stands behind a query: spaces, comments and semicolons. */
export function trimQuery(sql: string): string {
  let end = 0;
  for (let at = 0; at < sql.length;) {
    const next = skipSpace(sql, at);
    if (next > at) {
      at = next;
      continue;
    }
    if (sql[at] === ';') {
      at++;
      continue;
    }
    at = skipToken(sql, at);
    end = at;
  }
  return sql.slice(0, end);
}

/**
 * Passes over one piece of a query. A name may hold a `$` and digits, so a whole word is one piece: the `$` of `a$1$`
 * begins no text.
 */
function skipToken(sql: string, at: number): number {
  for (const token of [QUOTED, WORD]) {
    token.lastIndex = at;
    if (token.test(sql)) return token.lastIndex;
  }
  return at + 1;
}
