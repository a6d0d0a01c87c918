import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { type ValueCodec } from '../ports.js';
import { Archive } from './archive.js';
import { systemCoder, type BlockCoder } from './block-coder.js';
import { shuffled } from './byte-shuffle.js';
import { sealHeader, type BlockRecord, type SourceRecord } from './header.js';
import { forecast, type Forecast } from './probe.js';
import { planOf } from './record-plan.js';
import { type Source } from './source.js';

/** What compression must save at least; with less it costs more on each read than it is worth. */
const LEAST_SAVING = 1 / 8;
/** Blocks that are restored at a time: half of libuv's threads stay free for others. */
const LANES = 2;

/**
 * The cache's own codec, on what `node:zlib` has: zstd from Node 22.15 on, deflate before, at the level made for speed.
 *
 * It takes texts, `ArrayBuffer`, `DataView`, `Buffer`, every typed array, and plain records and dense arrays of these
 * and of primitives, up to 10,000 nodes, 32 levels, and 1 MB of contents of less than 8 KB each. What comes back is
 * what was put in: classes, bits of `NaN`, order of keys, prototypes, lone surrogates. What would not come back so is
 * declined: other classes, subclasses, frozen or sealed objects, accessors, hidden, symbol or additional properties,
 * holes, cycles, memory or objects that are met twice, memory that is shared or resizable. A view that looked into a
 * larger buffer comes back with a buffer of its own size, at offset 0.
 *
 * What does not compress by an eighth is declined after a look at a small sample. The value is read in steps between
 * which others run, and must not be changed meanwhile; if memory of it is transferred away, `encode` rejects with a
 * `TypeError`.
 *
 * Cost of each MB, measured on values of 10 MB and two busy cores: `encode` 2 to 5 ms on the event loop, in steps, and
 * 10 ms on a thread; `decode` 1 to 5 ms on the event loop, in steps; `decodeSync` 3 to 5 ms. Texts with two bytes a
 * character take 15 ms either way. The first look at a value, which is one step, takes up to 10 ms for 10,000 nodes.
 */
export class ZlibCodec implements ValueCodec<unknown> {
  readonly #coder: BlockCoder;

  constructor(coder: BlockCoder = systemCoder()) {
    this.#coder = coder;
  }

  async encode(value: unknown): Promise<Uint8Array[] | undefined> {
    const plan = planOf(value);
    if (plan === undefined) return undefined;
    const forecasts: Forecast[] = [];
    for (const source of plan.sources) forecasts.push(await forecast(source, this.#coder));
    if (forecasts.length > 0 && !saves(sum(forecasts, 'before'), sum(forecasts, 'after'))) return undefined;

    const records: SourceRecord[] = [];
    const blocks: Uint8Array[] = [];
    for (const [i, source] of plan.sources.entries()) {
      records.push(await this.#encodeSource(source, forecasts[i], blocks));
    }
    const header = await sealHeader({ tree: plan.tree, sources: records }, this.#coder);
    const parts = [header.part, ...blocks];
    const before = records.reduce((bytes, record) => bytes + sum(record.blocks, 'bytes'), header.bytes);
    return saves(before, sum(parts, 'byteLength')) ? parts : undefined;
  }

  async decode(parts: Uint8Array[]): Promise<unknown> {
    const archive = new Archive(parts, this.#coder);
    const jobs = archive.jobs();
    const lane = async (): Promise<void> => {
      for (const { part, record, stored, put } of jobs) {
        if (stored) await setImmediate();
        put(stored ? part : await this.#coder.decompress(part, record.bytes));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return archive.value();
  }

  decodeSync(parts: Uint8Array[]): unknown {
    const archive = new Archive(parts, this.#coder);
    for (const { part, record, stored, put } of archive.jobs()) {
      put(stored ? part : this.#coder.decompressSync(part, record.bytes));
    }
    return archive.value();
  }

  async #encodeSource(
    source: Source,
    forecast: Forecast | undefined,
    parts: Uint8Array[],
  ): Promise<SourceRecord> {
    const worthwhile = forecast !== undefined && saves(forecast.before, forecast.after);
    const filter = worthwhile ? forecast.filter : 'plain';
    const blocks: BlockRecord[] = [];
    for (let start = 0; start < source.length; start += source.perBlock) {
      const { bytes, width } = source.read(start, Math.min(source.length, start + source.perBlock));
      const plain = shuffled(bytes, width, filter);
      // Also what is only copied lets others run between its blocks.
      const coded = worthwhile ? await this.#coder.compress(plain) : await setImmediate(plain);
      const part = coded.byteLength < plain.byteLength ? coded : plain;
      parts.push(part);
      blocks.push({ bytes: plain.byteLength, width, crc: crc32(part) });
    }
    return { text: source.text, filter, length: source.length, blocks };
  }
}

function saves(before: number, after: number): boolean {
  return after <= before * (1 - LEAST_SAVING);
}

function sum<Field extends string>(items: readonly Readonly<Record<Field, number>>[], field: Field): number {
  return items.reduce((total, item) => total + item[field], 0);
}
