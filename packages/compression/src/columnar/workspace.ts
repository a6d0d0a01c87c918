import type { Deflate } from './deflate.js';
import type { Kernel } from './kernels/kernel.js';
import { PACKED } from './kernels/layout.js';

/** A kernel and its memory. What works in one is done before the next begins, so one serves a thread. */
export interface Workspace {
  readonly kernel: Kernel;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly deflate: Deflate;
  /** Memory of at least so many bytes that is used again and again: fresh memory costs more than what is done in it. */
  scratch(bytes: number): Uint8Array<ArrayBuffer>;
}

export function createWorkspace(kernel: Kernel, deflate: Deflate): Workspace {
  const { buffer } = kernel.memory;
  let scratch = new Uint8Array(0);
  return {
    kernel,
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer),
    view: new DataView(buffer),
    deflate,
    scratch(bytes) {
      if (scratch.byteLength < bytes) scratch = new Uint8Array(bytes);
      return scratch;
    },
  };
}

/** Reads what was packed, field by field; what ends too early raises a `RangeError`. */
export class PackedReader {
  readonly workspace: Workspace;
  readonly end: number;
  at: number = PACKED;

  constructor(workspace: Workspace, bytes: Uint8Array) {
    this.workspace = workspace;
    this.end = PACKED + bytes.byteLength;
    workspace.bytes.set(bytes, PACKED);
  }

  byte(): number {
    return this.workspace.bytes[this.#taken(1)] ?? 0;
  }

  word(): number {
    return this.workspace.view.getUint32(this.#taken(4), true);
  }

  /** Copies bytes to another place in the memory. */
  copy(bytes: number, to: number): void {
    const from = this.#taken(bytes);
    this.workspace.bytes.copyWithin(to, from, from + bytes);
  }

  skip(bytes: number): void {
    this.#taken(bytes);
  }

  /** Goes on where a kernel function stopped, which is 0 where it refused the bytes. */
  continueAt(place: number): void {
    if (place === 0 || place > this.end) throw unreadable();
    this.at = place;
  }

  /** The bytes so far, without those that were read. */
  rest(): Uint8Array {
    return this.workspace.bytes.subarray(this.at, this.end);
  }

  #taken(bytes: number): number {
    const from = this.at;
    if (bytes > this.end - from) throw unreadable();
    this.at = from + bytes;
    return from;
  }
}

/** Writes what is packed, field by field. */
export class PackedWriter {
  readonly workspace: Workspace;
  at: number = PACKED;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  byte(value: number): void {
    this.workspace.bytes[this.at] = value;
    this.at += 1;
  }

  word(value: number): void {
    this.workspace.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  /** Copies bytes from another place in the memory. */
  copy(from: number, bytes: number): void {
    this.workspace.bytes.copyWithin(this.at, from, from + bytes);
    this.at += bytes;
  }

  /** What was written, in the memory of the kernel: good until the next block. */
  written(): Uint8Array<ArrayBuffer> {
    return this.workspace.bytes.subarray(PACKED, this.at);
  }
}

export function unreadable(): RangeError {
  return new RangeError('a block is not what its filters write');
}
