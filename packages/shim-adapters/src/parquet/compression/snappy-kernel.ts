import { BUNDLED_KERNEL } from './bundled-kernel.js';
import { decompressSnappy, readSnappyLength } from './snappy-decoder.js';

/** The part that is used: neither the language nor Node declares a type for it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number };
  decompress(at: number, end: number, target: number, length: number): number;
}

const WASM_PAGE = 65_536;
/** What pieces may be copied beyond their end. */
const ROOM = 16;
/** Numbers of a page without levels can then be used where they are. */
const ALIGNMENT = 8;
/** Larger pages are rare; the memory of the kernel never shrinks, so they are decompressed outside of it. */
const MAX_BYTES = 2 ** 24;

/** Snappy in WebAssembly; in plain JavaScript where there is none. Each has a memory of its own. */
export class SnappyDecoder {
  readonly #kernel = createKernel();

  /**
   * What bytes in the Snappy format stand for. The result is good until the next call.
   * @throws RangeError when the input is none, or stands for more or less than `length` bytes
   */
  decompress(stored: Uint8Array, length: number): Uint8Array {
    const kernel = this.#kernel;
    const target = Math.ceil((stored.length + ROOM) / ALIGNMENT) * ALIGNMENT;
    const needed = target + length + ROOM;
    if (kernel === undefined || needed > MAX_BYTES) return decompressSnappy(stored, length);
    const start = readSnappyLength(stored, length);
    const missing = needed - kernel.memory.buffer.byteLength;
    if (missing > 0) kernel.memory.grow(Math.ceil(missing / WASM_PAGE));
    const memory = new Uint8Array(kernel.memory.buffer);
    memory.set(stored);
    if (kernel.decompress(start, stored.length, target, length) === 0) {
      throw new RangeError('a page is not what its compression says');
    }
    return memory.subarray(target, target + length);
  }
}

function createKernel(): Kernel | undefined {
  try {
    // Under a kilobyte: compiled at once.
    const module = new WebAssembly.Module(Buffer.from(BUNDLED_KERNEL, 'base64'));
    const { exports } = new WebAssembly.Instance(module);
    return isKernel(exports) ? exports : undefined;
  } catch {
    return undefined;
  }
}

function isKernel(exports: object): exports is Kernel {
  return 'memory' in exports && 'decompress' in exports;
}
