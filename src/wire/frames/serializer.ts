import { isSharedArrayBuffer } from 'node:util/types';
import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import { isOwnMemory } from '../../shared/memory/own-memory.ts';

/** Writes what structured clone would carry to a thread. Shared memory cannot cross, but for copies of Telar's own. */
export class FrameSerializer extends DefaultSerializer {
  constructor() {
    super();
    this.writeHeader();
  }

  // V8 calls the methods of a serializer by these names.
  _writeHostObject(value: object): void {
    if (!ArrayBuffer.isView(value)) {
      throw cloneError(`a ${Object.prototype.toString.call(value).slice(8, -1)} cannot be sent to a process`);
    }
    const { buffer, byteOffset, byteLength } = value;
    this.writeUint32(VIEWS.findIndex((name) => value instanceof (findView(name) ?? NoView)));
    this.writeUint32(byteLength);
    if (isSharedArrayBuffer(buffer)) {
      if (!isOwnMemory(buffer)) throw sharedError();
      // Memory of Telar's own may be large, so only the part that the view shows is copied.
      this.writeUint32(COPIED);
      this.writeRawBytes(new Uint8Array(buffer, byteOffset, byteLength));
    } else {
      // A view goes with all of its memory, as by structured clone: several views of one memory stay that.
      this.writeUint32(WITH_MEMORY);
      this.writeUint32(byteOffset);
      this.writeValue(buffer);
    }
  }

  _getSharedArrayBufferId(): never {
    throw sharedError();
  }

  _getDataCloneError(message: string): Error {
    return cloneError(message);
  }
}

export class FrameDeserializer extends DefaultDeserializer {
  _readHostObject(): ArrayBufferView {
    const View = findView(VIEWS[this.readUint32()] as (typeof VIEWS)[number]) as ViewConstructor;
    const size = this.readUint32();
    if (this.readUint32() === COPIED) {
      // The view gets memory of its own: a view of the frame would keep all of the frame.
      const { buffer } = new Uint8Array(this.readRawBytes(size));
      return new View(buffer, 0, size / (View.BYTES_PER_ELEMENT ?? 1));
    }
    const offset = this.readUint32();
    return new View(this.readValue() as ArrayBuffer, offset, size / (View.BYTES_PER_ELEMENT ?? 1));
  }
}

const COPIED = 0;
const WITH_MEMORY = 1;

const VIEWS = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
] as const;

interface ViewConstructor {
  new (memory: ArrayBuffer, byteOffset: number, length: number): ArrayBufferView;
  /** Bytes of an element; a DataView has none, since it counts in bytes. */
  readonly BYTES_PER_ELEMENT?: number;
}

class NoView {}

/** Finds the class of a view by name; older versions of Node lack some. */
function findView(name: (typeof VIEWS)[number]): ViewConstructor | undefined {
  return (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name];
}

function sharedError(): Error {
  return cloneError('shared memory cannot be sent to a process: copy it, or run on threads');
}

function cloneError(message: string): Error {
  return new DOMException(message, 'DataCloneError');
}
