import type { Level } from '../codec/codec.js';
import { choose, type Candidate } from './choice.js';
import type { Element } from './element.js';
import { decimals } from './filters/decimals.js';
import { dictionary } from './filters/dictionary.js';
import type { Block, BlockPlan, Filter, FilterName } from './filters/filter.js';
import { constant, integers, raw, rotated } from './filters/integers.js';
import { multiples } from './filters/multiples.js';
import { runs } from './filters/runs.js';
import { shuffled, shuffledGain } from './filters/shuffled.js';
import { singles } from './filters/singles.js';
import { CONTENT } from './kernels/layout.js';
import { PackedReader, PackedWriter, unreadable, type Workspace } from './workspace.js';

/**
 * A block: a byte for its filter, then what the filter writes. The numbers of the filters are fixed for ever:
 * 0 raw, 1 constant, 2 integers, 3 decimals, 4 rotated, 5 dictionary, 6 runs, 7 shuffled,
 * 8 multiples, 9 singles.
 */
export const FILTERS: readonly FilterName[] = [
  'raw',
  'constant',
  'integers',
  'decimals',
  'rotated',
  'dictionary',
  'runs',
  'shuffled',
  'multiples',
  'singles',
];

/** Bytes that a raw block takes beside its content. */
export const BLOCK_OVERHEAD = 1;

/** Encodes the blocks of a content one after the other: what was right for one is tried first for the next. */
export class BlockEncoder {
  readonly #workspace: Workspace;
  readonly #element: Element;
  readonly #level: Level;
  #previous: Candidate | undefined;

  constructor(workspace: Workspace, element: Element, level: Level) {
    this.#workspace = workspace;
    this.#element = element;
    this.#level = level;
  }

  /** Encodes the elements of one block; the result is good until the next call. */
  encode(content: Uint8Array): Uint8Array<ArrayBuffer> {
    this.#workspace.bytes.set(content, CONTENT);
    const block: Block = { element: this.#element, n: content.byteLength / this.#element.bytes };
    const unfit: FilterName[] = [];
    for (;;) {
      const previous = unfit.length === 0 ? this.#previous : undefined;
      const chosen = choose(block, this.#workspace, this.#level, previous, unfit);
      const written = this.#written(block, chosen.plan);
      if (written === undefined) {
        // The sample did not show what the whole block is like: the next best, then.
        unfit.push(chosen.plan.filter);
        continue;
      }
      this.#previous = unfit.length === 0 ? chosen : undefined;
      if (written.byteLength <= content.byteLength + BLOCK_OVERHEAD) return written;
      return this.#tried(block, { filter: 'raw' }) ?? written;
    }
  }

  #written(block: Block, plan: BlockPlan): Uint8Array<ArrayBuffer> | undefined {
    return this.#level === 'small' ? this.#smallest(block, plan) : this.#tried(block, plan);
  }

  /** By trying: repetitions show in no sample. */
  #smallest(block: Block, plan: BlockPlan): Uint8Array<ArrayBuffer> | undefined {
    const first = this.#tried(block, plan)?.slice();
    const { order } = shuffledGain(block, new PackedWriter(this.#workspace));
    const second = this.#tried(block, { filter: 'shuffled', order, level: 9 });
    if (first === undefined || second === undefined) return first ?? second;
    return second.byteLength < first.byteLength ? second : first;
  }

  #tried(block: Block, plan: BlockPlan): Uint8Array<ArrayBuffer> | undefined {
    const writer = new PackedWriter(this.#workspace);
    writer.byte(FILTERS.indexOf(plan.filter));
    return writeFilter(block, plan, writer) ? writer.written() : undefined;
  }
}

/** Decodes a block of `n` elements; the result is good until the next call. Raises a `RangeError` for other bytes. */
export function decodeBlock(
  workspace: Workspace,
  element: Element,
  n: number,
  packed: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const length = n * element.bytes;
  if (packed.byteLength > length + BLOCK_OVERHEAD) throw unreadable();
  const reader = new PackedReader(workspace, packed);
  const at = readFilter({ element, n }, reader);
  if (reader.at !== reader.end) throw unreadable();
  return workspace.bytes.subarray(at, at + length);
}

function writeFilter(block: Block, plan: BlockPlan, writer: PackedWriter): boolean {
  switch (plan.filter) {
    case 'raw':
      return raw.write(block, plan, writer);
    case 'constant':
      return constant.write(block, plan, writer);
    case 'integers':
      return integers.write(block, plan, writer);
    case 'decimals':
      return decimals.write(block, plan, writer);
    case 'rotated':
      return rotated.write(block, plan, writer);
    case 'dictionary':
      return dictionary.write(block, plan, writer);
    case 'runs':
      return runs.write(block, plan, writer);
    case 'shuffled':
      return shuffled.write(block, plan, writer);
    case 'multiples':
      return multiples.write(block, plan, writer);
    case 'singles':
      return singles.write(block, plan, writer);
  }
}

const READERS: Readonly<Record<FilterName, Pick<Filter<BlockPlan>, 'read'>>> = {
  raw,
  constant,
  integers,
  decimals,
  rotated,
  dictionary,
  runs,
  shuffled,
  multiples,
  singles,
};

function readFilter(block: Block, reader: PackedReader): number {
  const filter = FILTERS[reader.byte()];
  if (filter === undefined) throw unreadable();
  return READERS[filter].read(block, reader);
}
