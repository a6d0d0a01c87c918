import { foreignName, type ForeignName, type ForeignReader } from './codec/foreign.js';
import type { Content } from './element-type.js';
import { CompressionError } from './errors.js';
import type { Made, Workshop } from './pack.js';
import { Slices } from './slices.js';

/** A file of another program, and what reads it. */
export interface Foreign {
  readonly name: ForeignName;
  readonly reader: ForeignReader;
}

/** The program that wrote these bytes, if it was another. Raises `CODEC` where this host cannot read its files. */
export function foreign(bytes: Uint8Array, shop: Workshop): Foreign | undefined {
  const name = foreignName(bytes);
  if (name === undefined) return undefined;
  const reader = shop.foreign[name];
  if (reader !== undefined) return { name, reader };
  throw new CompressionError(
    'ERR_PERF_COMPRESSION_CODEC',
    `a ${name} file, which this host cannot read (zstd needs Node 22.15)`,
  );
}

export function unpackForeignSync(
  { name, reader }: Foreign,
  file: Uint8Array,
  { maxOutputBytes }: Workshop,
): Made<Content> {
  return made(name, file.byteLength, reader.readSync(file, maxOutputBytes));
}

export async function unpackForeign(
  { name, reader }: Foreign,
  file: Uint8Array,
  { maxOutputBytes, checksum }: Workshop,
  signal: AbortSignal | undefined,
): Promise<Made<Content>> {
  const slices = new Slices(file, file.byteLength, checksum);
  return made(name, slices.byteLength, await reader.read(slices, maxOutputBytes, signal));
}

function made(codec: ForeignName, frameBytes: number, memory: ArrayBuffer): Made<Content> {
  return { result: new Uint8Array(memory), codec, contentBytes: memory.byteLength, frameBytes };
}
