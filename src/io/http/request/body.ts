import { isArrayBuffer } from 'node:util/types';
import { describeValue } from '../../../errors/describe.ts';
import { isPlain } from '../../../realm/plain.ts';

/** A body as one try sends it. */
export interface SentBody {
  readonly content: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** Content type of the body, where the headers of the call name none. */
  readonly type: string | undefined;
  /** Length of the body in bytes, for a stream whose length is known. */
  readonly length: number | undefined;
}

/** The body of a request, for as many tries and redirects as it can be sent. */
export interface RequestBody {
  /** Whether the body can be sent again, which a stream that was begun cannot. */
  readonly isRepeatable: boolean;
  open(): SentBody | Promise<SentBody>;
}

/** Most bytes of a form that is held at once; larger forms are sent in pieces, as they are read. */
const LARGEST_FORM = 16 * 1024 * 1024;
export const NO_BODY: RequestBody = fixed({ content: undefined, type: undefined, length: undefined });

/**
 * Reads a body as `fetch` does (the Fetch standard, "extract a body"), and plain data as JSON. Throws a TypeError for a
 * value that has no such form, before anything is sent.
 */
export function resolveBody(body: unknown): RequestBody {
  if (typeof body !== 'function') return readBody(copyHeld(body));
  return {
    isRepeatable: true,
    open: async () => {
      const made: unknown = await (body as () => unknown)();
      if (typeof made === 'function')
        throw new TypeError('Expected a body from the function, got a function.');
      return await readBody(made).open();
    },
  };
}

/** Returns a copy of a body, which is the call's own for as many requests as it makes. */
export function copyBody(body: unknown): unknown {
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (typeof body !== 'object' || body === null || Symbol.asyncIterator in body) return copyHeld(body);
  if (!Array.isArray(body) && !isPlain(body)) return copyHeld(body);
  const copy: unknown = JSON.parse(encodeJson(body));
  // A text that stands for an object is sent as JSON, and one that is a body is not.
  return typeof copy === 'object' && copy !== null ? copy : body;
}

/** Copies what a request reads only when it is sent, as `fetch` does: bytes and forms. */
function copyHeld(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  if (isArrayBuffer(body)) return new Uint8Array(body).slice();
  if (ArrayBuffer.isView(body)) return Uint8Array.from(viewBytes(body));
  return isFormData(body) ? copyForm(body) : body;
}

function viewBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function readBody(body: unknown): RequestBody {
  if (body === undefined || body === null) return NO_BODY;
  if (typeof body === 'string') return fixed(whole(body, 'text/plain;charset=UTF-8'));
  if (typeof body !== 'object') return fixed(whole(encodeJson(body), 'application/json'));
  if (isArrayBuffer(body)) return fixed(whole(new Uint8Array(body)));
  if (ArrayBuffer.isView(body)) return fixed(whole(viewBytes(body)));
  if (body instanceof URLSearchParams) {
    return fixed(whole(body.toString(), 'application/x-www-form-urlencoded;charset=UTF-8'));
  }
  if (body instanceof Blob) return readBlob(body);
  if (isFormData(body)) return readForm(body);
  if (Symbol.asyncIterator in body) return readStream(body as AsyncIterable<unknown>);
  if (Array.isArray(body) || isPlain(body)) return fixed(whole(encodeJson(body), 'application/json'));
  throw new TypeError(
    `Expected \`body\` to be text, bytes, a plain object or array (sent as JSON), URLSearchParams, FormData, a Blob, a stream or ` +
      `an async iterable of bytes, or a function that makes one of these, got ${describeValue(body)}. ` +
      'Pass JSON.stringify(value), or an object of its fields.',
  );
}

function fixed(sent: SentBody): RequestBody {
  return { isRepeatable: true, open: () => sent };
}

function whole(content: string | Uint8Array, type?: string): SentBody {
  return { content, type, length: undefined };
}

function readBlob(blob: Blob): RequestBody {
  const type = blob.type === '' ? undefined : blob.type;
  return {
    isRepeatable: true,
    open: () => ({ content: blob.stream() as AsyncIterable<Uint8Array>, type, length: blob.size }),
  };
}

function isFormData(body: object): body is FormData {
  return (
    body instanceof FormData ||
    (body as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'FormData'
  );
}

/** Copies a form into one of Node's: the classes of a package's form differ from those, its entries do not. */
function copyForm(given: FormData): FormData {
  const form = new FormData();
  for (const [name, value] of given as Iterable<[string, string | Blob]>) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, (value as Partial<File>).name);
  }
  return form;
}

/** Reads a form through Node's own `Response`, which knows how a form is written. */
function readForm(given: FormData): RequestBody {
  const form = given instanceof FormData ? given : copyForm(given);
  let size = 0;
  for (const [, value] of form) size += typeof value === 'string' ? value.length : value.size;
  let kept: Promise<SentBody> | undefined;
  const open = async (): Promise<SentBody> => {
    const response = new Response(form);
    const type = response.headers.get('content-type') ?? undefined;
    if (size > LARGEST_FORM) {
      return { content: response.body as AsyncIterable<Uint8Array>, type, length: undefined };
    }
    return whole(new Uint8Array(await response.arrayBuffer()), type);
  };
  return { isRepeatable: true, open: () => (size > LARGEST_FORM ? open() : (kept ??= open())) };
}

function readStream(stream: AsyncIterable<unknown>): RequestBody {
  let isOpen = false;
  return {
    isRepeatable: false,
    open: () => {
      if (isOpen) throw new TypeError('The stream that is the body has been sent already.');
      isOpen = true;
      return { content: readPieces(stream), type: undefined, length: undefined };
    },
  };
}

async function* readPieces(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of stream) {
    if (typeof piece === 'string') yield Buffer.from(piece);
    else if (isArrayBuffer(piece)) yield new Uint8Array(piece);
    else if (ArrayBuffer.isView(piece)) yield viewBytes(piece);
    else
      throw new TypeError(`Expected the body's stream to give bytes or text, got ${describeValue(piece)}.`);
  }
}

/**
 * Writes a body as JSON. A Map, a Set or a RegExp, which JSON writes as `{}`, is refused wherever it stands, as it
 * would be lost.
 */
function encodeJson(body: unknown): string {
  const text = JSON.stringify(body, function (this: unknown, key: string, value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || isPlain(value)) return value;
    if (Object.keys(value).length > 0 && !ArrayBuffer.isView(value)) return value;
    throw new TypeError(
      `Expected \`body\` to have a JSON form, got ${describeValue(value)} as \`${key}\`, of which JSON keeps nothing.`,
    );
  }) as string | undefined;
  if (text !== undefined) return text;
  throw new TypeError(
    `Expected \`body\` to be text, bytes or what has a JSON form, got ${describeValue(body)}.`,
  );
}
