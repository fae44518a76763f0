import { openValues } from '../../shared/open/open-values.ts';
import { carryValues, restoreBuffers } from '../pack/carry.ts';
import { isOutcome } from './check-outcome.ts';
import type { AbortNote, RequestOutcome } from './protocol.ts';

/** A call without proxies among its arguments, as most are. */
interface PlainCall {
  readonly kind: 'call';
  readonly path: readonly string[];
  readonly args: { readonly values: readonly unknown[]; readonly proxies: undefined };
}

/**
 * A message on the port, with as little around its content as can be: to clone the message around a small argument
 * takes as long as to clone the argument.
 */
export type Packet =
  | readonly [typeof VALUE, id: number, value: unknown]
  | readonly [typeof OUTCOME, id: number, outcome: RequestOutcome]
  | readonly [typeof CALL, id: number, name: string, values: readonly unknown[]]
  | readonly [typeof REQUEST, id: number, request: unknown]
  | readonly [typeof NOTE, note: AbortNote]
  | readonly [typeof UNREAD, position: number]
  | readonly [
      typeof SEALED,
      packet: unknown[],
      isSealed: boolean,
      buffers: readonly Uint8Array[] | undefined,
    ];

const VALUE = 0;
const OUTCOME = 1;
const CALL = 2;
const REQUEST = 3;
const NOTE = 4;
const SEALED = 5;
const UNREAD = 6;

export function packRequest(id: number, request: unknown): Packet {
  return isPlainCall(request) && request.path.length === 1
    ? [CALL, id, request.path[0] as string, request.args.values]
    : [REQUEST, id, request];
}

export function packOutcome(id: number, outcome: RequestOutcome): Packet {
  return outcome.kind === 'value' ? [VALUE, id, outcome.value] : [OUTCOME, id, outcome];
}

export function packNote(note: AbortNote): Packet {
  return [NOTE, note];
}

/** Says that the message at a position among all that came over the port could not be decoded. */
export function packUnread(position: number): Packet {
  return [UNREAD, position];
}

/**
 * Puts seals in the place of what threads have in common, and adds a second way to all Buffers, if the packet holds any
 * of these.
 *
 * @throws DataCloneError for an instance that would arrive as `{}`.
 */
export function sealPacket(packet: Packet): Packet {
  const { values, isSealed, buffers } = carryValues(packet);
  return isSealed || buffers !== undefined ? [SEALED, values as unknown[], isSealed, buffers] : packet;
}

/** The content of a packet. */
export type Unpacked =
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: RequestOutcome }
  | { readonly kind: 'request'; readonly id: number; readonly request: unknown }
  | { readonly kind: 'note'; readonly note: AbortNote }
  | { readonly kind: 'unread'; readonly position: number };

/** Unpacks a packet; `undefined`, or a throw, for another message: an object that has the port may send anything. */
export function unpack(message: unknown): Unpacked | undefined {
  if (!Array.isArray(message)) return undefined;
  const packet = message as unknown as Packet;
  if (packet[0] <= REQUEST && !Number.isSafeInteger(packet[1])) return undefined;
  switch (packet[0]) {
    case VALUE:
      return { kind: 'outcome', id: packet[1], outcome: { kind: 'value', value: packet[2] } };
    case OUTCOME:
      return isOutcome(packet[2]) ? { kind: 'outcome', id: packet[1], outcome: packet[2] } : undefined;
    case CALL: {
      const [, id, name, values] = packet;
      const request: PlainCall = { kind: 'call', path: [name], args: { values, proxies: undefined } };
      return { kind: 'request', id, request };
    }
    case REQUEST:
      return { kind: 'request', id: packet[1], request: packet[2] };
    case NOTE:
      return { kind: 'note', note: packet[1] };
    case UNREAD:
      return { kind: 'unread', position: packet[1] };
    case SEALED:
      restoreBuffers(packet[3]);
      if (packet[2]) openValues(packet[1]);
      return unpack(packet[1]);
    default:
      return undefined;
  }
}

function isPlainCall(request: unknown): request is PlainCall {
  const { kind, args } = request as Partial<PlainCall>;
  return kind === 'call' && args !== undefined && args.proxies === undefined;
}
