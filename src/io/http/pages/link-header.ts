/** Matches one link of the header: `<target>; name=value; …`. Values are tokens or quoted strings. */
const LINK =
  /\s*<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)\s*(?:;\s*)?(?:,|$)/y;
const PARAMETER = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/**
 * Returns the target of `rel="next"` in a Link header, by the grammar of RFC 8288, section 3: within quotes and
 * brackets, commas, semicolons and `<` are text. Of a parameter that comes twice, the first counts.
 */
export function readNextLink(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  LINK.lastIndex = 0;
  while (LINK.lastIndex < header.length) {
    const from = LINK.lastIndex;
    const link = LINK.exec(header);
    if (link === null) {
      // The text is no link of the grammar: the reader goes on behind the next comma, as servers that write nonsense
      // may write more.
      const comma = header.indexOf(',', from);
      if (comma === -1) return undefined;
      LINK.lastIndex = comma + 1;
      continue;
    }
    if (isNext(link[2] ?? '')) return link[1];
  }
  return undefined;
}

function isNext(parameters: string): boolean {
  for (const [, name, quoted, token] of parameters.matchAll(PARAMETER)) {
    if (name?.toLowerCase() !== 'rel') continue;
    const relations = (quoted?.replace(/\\(.)/g, '$1') ?? token ?? '').toLowerCase();
    return relations.split(/\s+/).includes('next');
  }
  return false;
}
