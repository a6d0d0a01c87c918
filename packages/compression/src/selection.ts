import type { Codec, CodecName, Level } from './codec/codec.js';
import type { CodecSet } from './codec/codec-set.js';
import { elementOf } from './columnar/element.js';
import { rowOf } from './element-type.js';
import type { CodecChoice } from './options.js';
import { gain, promises, sampleSlices } from './probe.js';
import type { Source } from './source.js';

/** What decides how a content is stored. */
export interface Selection {
  readonly codec: CodecChoice;
  readonly level: Level;
  readonly minBytes: number;
  readonly codecs: CodecSet;
}

/** Content of which a general codec must make more than this much less than filters do, for it takes longer. */
const GENERAL_GAIN: Readonly<Record<Level, number>> = { fast: 1.5, balanced: 1.2, small: 1 };
/** Where filters make content this many times smaller, no general codec is asked. */
const GOOD_ENOUGH = 4;

/** The slices by which a general codec is judged for numbers: long ones, for patterns of numbers are long. */
const NUMBERS = { slices: 2, sliceBytes: 16_384 } as const;

/** The codec for a content: the one that was asked for, or for `auto` the one that a sample speaks for. */
export function selectCodec(source: Pick<Source, 'bytes' | 'type'>, selection: Selection): Codec {
  const { codec, minBytes, codecs } = selection;
  if (codec === 'none' || source.bytes.byteLength < minBytes) return codecs.none;
  return codec === 'auto' ? bySample(source, selection) : available(codec, codecs);
}

/** The codec of a name, or where this host lacks it the one that every host has. */
export function available(name: CodecName, codecs: CodecSet): Codec {
  return codecs[name] ?? codecs.gzip;
}

function bySample({ bytes, type }: Pick<Source, 'bytes' | 'type'>, { level, codecs }: Selection): Codec {
  const general = codecs.zstd ?? codecs.gzip;
  if (rowOf(type).elementBytes === 1) return promises(bytes, general) ? general : codecs.none;
  const { blockLength, bytes: elementBytes } = elementOf(type);
  const length = Math.min(bytes.byteLength, blockLength * elementBytes);
  const offset = Math.floor((bytes.byteLength - length) / 2 / elementBytes) * elementBytes;
  const block = bytes.slice(offset, offset + length);
  // The level `small` tries all that there is, which is too much for a question.
  const trial = { level: level === 'fast' ? level : 'balanced', limit: length, type } as const;
  const filtered = length / (codecs.columnar.encodeSync(block, trial)?.byteLength ?? length);
  if (filtered >= GOOD_ENOUGH && level !== 'small') return codecs.columnar;
  const deflated = gain(sampleSlices(bytes, { ...NUMBERS, elementBytes }), general);
  if (Math.max(filtered, deflated) < 16 / 15) return codecs.none;
  return deflated > filtered * GENERAL_GAIN[level] ? general : codecs.columnar;
}
