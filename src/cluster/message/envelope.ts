import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { decodeBody, encodeBody } from '../../wire/frames/frame.ts';
import { ClusterError } from '../cluster-error.ts';

/*
 * A message at the broker is eight bytes, then a message in V8's serialisation.
 *
 *   0-3  TLR1
 *   4    version of the form
 *   5    flags
 *   6    version of V8's serialisation
 *   7    nothing yet
 */
const MARK = Buffer.from('TLR1', 'latin1');
const FORM = 1;
const COMPRESSED = 1;
/** Flag of a message behind which its signature stands; see `Signer`. */
export const SIGNED = 2;
/** Flag of a name in the place of a message, which lies elsewhere; see `stow`. */
export const STOWED = 4;
/** Place of the flags, and length of all that stands before the message. */
export const FLAGS = 5;
export const HEAD = 8;

/** Messages of that many bytes are compressed, where it saves a quarter: it costs 10 µs for a KB. */
const FEWEST_COMPRESSED = 16 * 1024;
const LEAST_SAVING = 0.75;

/** The most bytes that a message may have, so that nothing else is believed of it. */
const MOST = 1024 * 1024 * 1024;

/** Encodes a message for the broker. Throws what keeps it from crossing. */
export function seal(message: unknown): Buffer {
  const body = encodeBody(message);
  const packed = body.length < FEWEST_COMPRESSED ? body : deflateRawSync(body, { level: 1 });
  const isSmaller = packed.length < body.length * LEAST_SAVING;
  const content = isSmaller ? packed : body;
  const sealed = Buffer.allocUnsafe(HEAD + content.length);
  MARK.copy(sealed);
  sealed[4] = FORM;
  sealed[5] = isSmaller ? COMPRESSED : 0;
  // V8 writes its version behind a byte of 0xff.
  sealed[6] = body[1] ?? 0;
  sealed[7] = 0;
  content.copy(sealed, HEAD);
  return sealed;
}

/**
 * Decodes a message from the broker.
 *
 * @param most - Bytes that it may have. `@defaultValue` 1 GB
 *
 * @throws ClusterError with `reason` 'refused' where it has another form.
 */
export function open(sealed: Buffer, most: number = MOST): unknown {
  if (sealed.length < HEAD || !sealed.subarray(0, 4).equals(MARK)) {
    throw new ClusterError('What came from the broker was not written by Telar.', 'refused');
  }
  if (sealed[4] !== FORM) {
    throw new ClusterError(
      `What came from the broker has form ${sealed[4]}, and this version of Telar reads form ${FORM}.`,
      'version',
    );
  }
  if (((sealed[FLAGS] ?? 0) & SIGNED) !== 0) {
    throw new ClusterError(
      'What came from the broker is signed, and no `secret` was given to check it.',
      'refused',
    );
  }
  if (((sealed[FLAGS] ?? 0) & STOWED) !== 0) {
    throw new ClusterError('What came from the broker is the name of a blob, where none may be.', 'refused');
  }
  const content = sealed.subarray(HEAD);
  if (content.length > most) throw tooLarge(content.length, most);
  const isCompressed = ((sealed[5] ?? 0) & COMPRESSED) !== 0;
  return decodeBody(isCompressed ? inflateRawSync(content, { maxOutputLength: most }) : content);
}

function tooLarge(bytes: number, most: number): ClusterError {
  return new ClusterError(`What came from the broker has ${bytes} bytes, and may have ${most}.`, 'refused');
}
