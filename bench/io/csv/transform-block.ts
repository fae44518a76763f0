import { TABLE_COLUMNS } from '../inputs/table.ts';
import { bill, type OrderRow } from '../tasks.ts';

const NEWLINE = 10;
const HEADER = `${TABLE_COLUMNS.join(',')}\n`;

/** Takes a block of the table row by row, as one writes it for this table: quotes stand around whole fields. */
export function transformBlock(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  let lines = '';
  let from = bytes.subarray(0, HEADER.length).toString('latin1') === HEADER ? HEADER.length : 0;
  while (from < bytes.length) {
    let end = findEnd(bytes, from);
    let text = bytes.toString('utf8', from, end);
    let fields: string[];
    if (text.includes('"')) {
      // A line break within quotes: an odd number of them.
      while (text.split('"').length % 2 === 0 && end < bytes.length) {
        end = findEnd(bytes, end + 1);
        text = bytes.toString('utf8', from, end);
      }
      fields = splitQuoted(text);
    } else fields = text.split(',');
    from = end + 1;
    const [id, time, customer, country, product, quantity, price, status, note] = fields as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const row: OrderRow = { id, time, customer, country, product, quantity, price, status, note };
    const order = bill(row);
    if (order !== undefined) lines += `${JSON.stringify(order)}\n`;
  }
  return Buffer.from(lines);
}

/** Where the last row ends that is not within quotes. */
export function cutRows(bytes: Uint8Array): number {
  let isQuoted = false;
  let end = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 34) isQuoted = !isQuoted;
    else if (byte === NEWLINE && !isQuoted) end = at + 1;
  }
  return end;
}

function findEnd(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline === -1 ? bytes.length : newline;
}

function splitQuoted(text: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= text.length;) {
    if (text[at] !== '"') {
      const comma = text.indexOf(',', at);
      const end = comma === -1 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    let end = at + 1;
    while (text[end] !== '"' || text[end + 1] === '"') end += text[end] === '"' ? 2 : 1;
    fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 2;
  }
  return fields;
}
