/** The work on the records of the `io` group: ordinary functions, the same for all contenders. */
import { skip } from '../../src/wire/message/outcome.ts';

/** A line of the log: about 300 bytes. */
export interface LogRecord {
  readonly time: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly service: string;
  readonly host: string;
  readonly request: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly duration: number;
  readonly bytes: number;
  readonly user: { readonly id: number; readonly name: string; readonly country: string };
  readonly message: string;
}

export interface RichRecord extends LogRecord {
  readonly day: string;
  readonly route: string;
  readonly family: number;
  readonly isSlow: boolean;
}

/** Drops what was only for debugging, and adds four fields. */
export function enrich(record: LogRecord): RichRecord | undefined {
  if (record.level === 'debug') return undefined;
  const query = record.path.indexOf('?');
  return {
    ...record,
    day: record.time.slice(0, 10),
    route: `${record.method} ${query === -1 ? record.path : record.path.slice(0, query)}`,
    family: Math.trunc(record.status / 100),
    isSlow: record.duration > 500,
  };
}

/** `enrich` as a stage of a pipeline. */
export function transform(record: LogRecord): RichRecord | typeof skip {
  return enrich(record) ?? skip;
}

/** A row of the table, as it stands there: about 120 bytes. */
export type OrderRow = Readonly<
  Record<
    'id' | 'time' | 'customer' | 'country' | 'product' | 'quantity' | 'price' | 'status' | 'note',
    string
  >
>;

export interface Order {
  readonly id: number;
  readonly time: string;
  readonly customer: string;
  readonly country: string;
  readonly product: string;
  /** Total in cents. */
  readonly total: number;
  readonly note: string;
}

/** Drops what was cancelled, and turns text into numbers. */
export function bill(row: OrderRow): Order | undefined {
  if (row.status === 'cancelled') return undefined;
  return {
    id: Number(row.id),
    time: row.time,
    customer: row.customer,
    country: row.country,
    product: row.product,
    total: Number(row.quantity) * Math.round(Number(row.price) * 100),
    note: row.note,
  };
}

/** `bill` as a stage of a pipeline. */
export function toOrder(row: OrderRow): Order | typeof skip {
  return bill(row) ?? skip;
}
