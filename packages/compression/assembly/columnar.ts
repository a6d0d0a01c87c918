/*
 * The loops of the columnar codec, over the memory that src/columnar/kernels/layout.ts lays out. AssemblyScript;
 * `pnpm --filter @perf/compression kernels` compiles it into src/columnar/kernels/bundled-kernel.ts, and
 * src/columnar/kernels/twin/ is the same in plain JavaScript.
 */
export { width32, width64, pack32, pack64, unpack32, unpack64 } from './bit-pack';
export { differences32, differences64, sums32, sums64 } from './differences';
export { toDecimals32, toDecimals64, fromDecimals32, fromDecimals64 } from './decimals';
export { widen8, widen16, narrow8, narrow16, rotate32, rotate64, zigzag32, zigzag64 } from './lanes';
export { divide32, divide64, multiply32, multiply64, demote, promote } from './multiples';
export { shuffle, unshuffle } from './planes';
export { runs32, runs64, expand32, expand64, index32, index64, lookup32, lookup64 } from './repeats';
export {
  count32,
  count64,
  classify32,
  classify64,
  writeOffsets32,
  writeOffsets64,
  readOffsets32,
  readOffsets64,
  readLowers32,
  readLowers64,
} from './bins';
export { encodeSymbols, decodeSymbols } from './entropy';
