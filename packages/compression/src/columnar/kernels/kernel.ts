import { BUNDLED_KERNEL } from './bundled-kernel.js';
import { createTwin } from './twin/twin.js';

/** The part that is used: neither the language nor Node declares a type for it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** Numbers as the loops take them: words of 32 bits or double words of 64. */
export type Lane = 32 | 64;

/**
 * The loops of the columnar codec, in a memory of its own that is laid out as layout.ts says. Places are offsets in
 * that memory in bytes; `n` counts numbers. A function that reads packed bytes returns where they ended, or 0 where
 * they are none that its counterpart writes; one that checks returns 0 or 1. What each does stands in assembly/.
 */
export interface Kernel extends Readonly<Record<Lane, LaneKernel>> {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly widen8: (from: number, n: number, signed: boolean, to: number) => void;
  readonly widen16: (from: number, n: number, signed: boolean, to: number) => void;
  readonly narrow8: (from: number, n: number, to: number) => void;
  readonly narrow16: (from: number, n: number, to: number) => void;
  readonly shuffle: (from: number, n: number, width: number, to: number) => void;
  readonly unshuffle: (from: number, n: number, width: number, to: number) => void;
  readonly demote: (from: number, n: number, to: number) => number;
  readonly promote: (from: number, n: number, to: number) => void;
  readonly encodeSymbols: (n: number, end: number) => number;
  readonly decodeSymbols: (from: number, end: number, n: number) => number;
}

/** The loops over numbers of one width. */
export interface LaneKernel {
  readonly width: (from: number, n: number, unsigned: boolean) => number;
  readonly pack: (from: number, n: number, unsigned: boolean, to: number) => number;
  readonly unpack: (from: number, end: number, n: number, to: number) => number;
  readonly differences: (from: number, n: number, to: number) => void;
  readonly sums: (at: number, n: number) => void;
  readonly toDecimals: ToDecimals;
  readonly fromDecimals: (at: number, n: number, scale: number, divide: boolean) => void;
  readonly rotate: (at: number, n: number, width: number, back: boolean) => void;
  readonly zigzag: (at: number, n: number, back: boolean) => void;
  readonly divide: (from: number, n: number, to: number) => number;
  readonly multiply: (at: number, n: number) => void;
  readonly runs: (from: number, n: number, values: number, lengths: number) => number;
  readonly expand: (values: number, lengths: number, runs: number, n: number, to: number) => number;
  readonly index: (from: number, n: number, codes: number, values: number, limit: number) => number;
  readonly lookup: (codes: number, n: number, values: number, count: number, to: number) => number;
  readonly count: (from: number, n: number, exact: boolean) => void;
  readonly classify: (from: number, n: number, exact: boolean) => void;
  readonly writeOffsets: (from: number, n: number, to: number) => number;
  readonly readOffsets: (from: number, end: number, n: number, to: number) => number;
  readonly readLowers: (n: number, to: number) => void;
}

type ToDecimals = (
  from: number,
  n: number,
  scale: number,
  divide: boolean,
  to: number,
  exceptions: number,
) => number;

/** The exports of the module: the loops for each width by their names with it. */
type Exports = Omit<Kernel, Lane> & {
  readonly [K in keyof LaneKernel as `${K}32` | `${K}64`]: LaneKernel[K];
};

/** The kernel in WebAssembly; where there is none, no SIMD or no memory for it, its twin: the same bytes, slowly. */
export function createKernel(): Kernel {
  return wasmKernel() ?? createTwin();
}

/** The kernel in WebAssembly, where the host can run it. */
export function wasmKernel(): Kernel | undefined {
  try {
    // A few kilobytes: compiled at once, on the thread that asks.
    const module = new WebAssembly.Module(Buffer.from(BUNDLED_KERNEL, 'base64'));
    const { exports } = new WebAssembly.Instance(module);
    return isExports(exports) ? byLane(exports) : undefined;
  } catch {
    return undefined;
  }
}

function isExports(exports: object): exports is Exports {
  return 'memory' in exports && 'pack32' in exports && 'decodeSymbols' in exports;
}

function byLane(e: Exports): Kernel {
  return {
    ...e,
    32: {
      width: e.width32,
      pack: e.pack32,
      unpack: e.unpack32,
      differences: e.differences32,
      sums: e.sums32,
      toDecimals: e.toDecimals32,
      fromDecimals: e.fromDecimals32,
      rotate: e.rotate32,
      zigzag: e.zigzag32,
      divide: e.divide32,
      multiply: e.multiply32,
      runs: e.runs32,
      expand: e.expand32,
      index: e.index32,
      lookup: e.lookup32,
      count: e.count32,
      classify: e.classify32,
      writeOffsets: e.writeOffsets32,
      readOffsets: e.readOffsets32,
      readLowers: e.readLowers32,
    },
    64: {
      width: e.width64,
      pack: e.pack64,
      unpack: e.unpack64,
      differences: e.differences64,
      sums: e.sums64,
      toDecimals: e.toDecimals64,
      fromDecimals: e.fromDecimals64,
      rotate: e.rotate64,
      zigzag: e.zigzag64,
      divide: e.divide64,
      multiply: e.multiply64,
      runs: e.runs64,
      expand: e.expand64,
      index: e.index64,
      lookup: e.lookup64,
      count: e.count64,
      classify: e.classify64,
      writeOffsets: e.writeOffsets64,
      readOffsets: e.readOffsets64,
      readLowers: e.readLowers64,
    },
  };
}
