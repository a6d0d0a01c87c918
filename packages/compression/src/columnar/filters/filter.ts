import type { Element } from '../element.js';
import type { PackedReader, PackedWriter } from '../workspace.js';
import type { SeriesPlan } from '../series.js';

/** The content of a block, as it stands in the memory of a kernel. */
export interface Block {
  readonly element: Element;
  readonly n: number;
}

/** How a block is written: its filter, and what the filter has to know. */
export type BlockPlan =
  | { readonly filter: 'raw' }
  | { readonly filter: 'constant' }
  | { readonly filter: 'integers'; readonly series: SeriesPlan }
  | { readonly filter: 'decimals'; readonly exponent: number; readonly series: SeriesPlan }
  | { readonly filter: 'rotated'; readonly series: SeriesPlan }
  | { readonly filter: 'dictionary'; readonly series: SeriesPlan }
  | { readonly filter: 'runs'; readonly series: SeriesPlan }
  | { readonly filter: 'multiples'; readonly divisor: bigint; readonly series: SeriesPlan }
  | { readonly filter: 'singles'; readonly series: SeriesPlan }
  | { readonly filter: 'shuffled'; readonly order: 0 | 1; readonly level: 1 | 9 };

export type FilterName = BlockPlan['filter'];

/** Makes integers of a block, and writes them; and back. */
export interface Filter<P extends BlockPlan> {
  /** Writes the block that stands in `CONTENT`; `false` where it is not as its sample was. */
  write(block: Block, plan: P, writer: PackedWriter): boolean;
  /** Reads the block; returns where its content stands. Raises a `RangeError` for bytes that it does not write. */
  read(block: Block, reader: PackedReader): number;
}
