import { assertSendable } from './assert-sendable.ts';
import { FrameDeserializer, FrameSerializer } from './serializer.ts';

/**
 * A frame is one message on a stream of bytes: a mark, the length of its body (4 bytes each, little endian), then the
 * body. The mark tells that somebody else has written to the stream.
 */
export const HEAD = 8;
export const MARK = 0x7e1a_f00d;

/** Encodes a message as a frame. Throws what keeps the message from crossing. Cost: two copies of its bytes. */
export function encodeFrame(message: unknown): Buffer {
  const body = encodeBody(message);
  const frame = Buffer.allocUnsafe(HEAD + body.length);
  frame.writeUInt32LE(MARK, 0);
  frame.writeUInt32LE(body.length, 4);
  body.copy(frame, HEAD);
  return frame;
}

/** Decodes the message in a frame's body. Throws where the body cannot be read. */
export function decodeBody(body: Buffer): unknown {
  const deserializer = new FrameDeserializer(body);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** Throws when a value cannot cross to another process. */
export function assertFrameable(value: unknown): void {
  encodeBody(value);
}

/** Encodes a message as the body of a frame. Throws what keeps the message from crossing. */
export function encodeBody(message: unknown): Buffer {
  assertSendable(message);
  const serializer = new FrameSerializer();
  serializer.writeValue(message);
  return serializer.releaseBuffer();
}
