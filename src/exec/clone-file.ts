/**
 * Structured clones as bytes: what threads hand each other by message, for machines that share a disk only. Typed
 * arrays, NaN, maps and parts that several places refer to come back as they were; arrays on shared memory come back
 * on memory of their own.
 */
import { DefaultDeserializer, serialize } from "node:v8";

class CloneDeserializer extends DefaultDeserializer {
  /** Node gives views into the bytes that were read, which whoever looks at `array.buffer` does not expect. */
  _readHostObject(): unknown {
    const view = readView.call(this);
    const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    return new (view.constructor as new (buffer: ArrayBufferLike) => ArrayBufferView)(bytes);
  }
}

/** The declarations leave out what V8 calls on its own. */
const { _readHostObject: readView } = DefaultDeserializer.prototype as unknown as {
  _readHostObject(this: CloneDeserializer): ArrayBufferView;
};

/** @throws {Error} for what is no plain data: functions, WebAssembly memories, shared memory without an array over it */
export function cloneToBytes(value: unknown): Uint8Array {
  return serialize(value);
}

/** @throws {Error} for bytes that `cloneToBytes` did not make */
export function cloneFromBytes(bytes: Uint8Array): unknown {
  const deserializer = new CloneDeserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}
