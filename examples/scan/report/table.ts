/** A column: its heading and its cells; all but the first are aligned to the right. */
export type Column = readonly [heading: string, ...cells: string[]];

/** Lays columns out as lines, the headings first. */
export function layOutTable(columns: readonly Column[]): string[] {
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const lines = columns[0]?.length ?? 0;
  return Array.from({ length: lines }, (_, line) =>
    columns
      .map((cells, place) => {
        const cell = cells[line] ?? '';
        const width = widths[place] ?? 0;
        return place === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Cuts a text in its middle, where the names of packages differ least. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}
