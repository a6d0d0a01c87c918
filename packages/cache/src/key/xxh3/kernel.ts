import { BUNDLED_KERNEL } from './bundled-kernel.js';
import { Twin } from './twin.js';

/** The part that is used: neither the language nor Node declares a type for it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** What computes XXH3 in a memory of its own, laid out as layout.ts says. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Begins a stream. */
  reset(): void;
  /** Takes in all blocks of the buffer but the last, full or not; returns how many bytes are left in it. */
  absorb(filled: number): number;
  /** Writes the digest of a stream of `total` bytes, the last of which are in the buffer. */
  finish(filled: number, total: number): void;
  /** Writes the digest of the bytes at `at`. */
  hash(at: number, length: number): void;
}

/** The kernel in WebAssembly; where there is none, no SIMD or no memory for it, its twin: same digests, slowly. */
export function createKernel(): Kernel {
  return wasmKernel() ?? new Twin();
}

function wasmKernel(): Kernel | undefined {
  try {
    // A few kilobytes: compiled at once, on the thread that asks, which is what any caller of a synchronous hash needs.
    const module = new WebAssembly.Module(Buffer.from(BUNDLED_KERNEL, 'base64'));
    const { exports } = new WebAssembly.Instance(module);
    return isKernel(exports) ? exports : undefined;
  } catch {
    return undefined;
  }
}

function isKernel(exports: object): exports is Kernel {
  return (
    'memory' in exports &&
    'reset' in exports &&
    'absorb' in exports &&
    'finish' in exports &&
    'hash' in exports
  );
}
