import { crc32 } from 'node:zlib';
import type { ChunkMetadata } from '../footer-reader.js';
import { ByteReader, EndOfBytes } from '../thrift/byte-reader.js';
import type { ByteWindow } from './byte-window.js';
import type { ColumnPage } from './column-page.js';
import { readPageHeader, type PageHeader } from './page-header.js';
import { ENCODING, lengthOf, readPageValues, type PageValues } from './page-values.js';
import { readDefinitionLevels } from './definition-levels.js';
import { readRunLengths } from './run-lengths.js';
import type { Decompress } from '../compression/codecs.js';
import { RunRoom } from './run-room.js';
import type { StoredType } from './stored-type.js';

const MAX_HEADER = 2 ** 24;
const FIRST_HEADER = 256;

/** A chunk of a flat column: its pages one after the other, those outside of the wanted rows passed over. */
export class ColumnChunk {
  readonly #stored: StoredType;
  readonly #decompress: Decompress;
  readonly #room: RunRoom;
  readonly #window: ByteWindow;
  readonly #end: number;
  readonly #values: number;
  #at: number;
  #dictionary: PageValues | undefined;

  /** @throws RangeError when the chunk cannot be one of this file */
  constructor(
    window: ByteWindow,
    metadata: ChunkMetadata,
    stored: StoredType,
    decompress: Decompress,
    room: RunRoom,
  ) {
    if (metadata.physical !== stored.physical)
      throw new RangeError('is stored as another type than its schema says');
    this.#stored = stored;
    this.#decompress = decompress;
    this.#room = room;
    this.#values = metadata.values;
    // Some writers tell no place of the dictionary, or place 0; it then comes before the data.
    const { dataOffset, dictionaryOffset = 0 } = metadata;
    this.#at = dictionaryOffset > 0 ? Math.min(dictionaryOffset, dataOffset) : dataOffset;
    this.#end = this.#at + metadata.storedBytes;
    if (!(this.#at >= 0 && this.#end >= this.#at && this.#end <= window.sourceBytes)) {
      throw new RangeError('lies outside of the file');
    }
    this.#window = window;
  }

  /**
   * Gives the pages that hold rows `from..to` of the chunk, each to be used at once: its memory is that of the next.
   * @param row where row `from` goes
   */
  async read(from: number, to: number, row: number, take: (page: ColumnPage) => void): Promise<void> {
    for (let first = 0; first < to;) {
      if (this.#at >= this.#end)
        throw new EndOfBytes(`has ${String(first)} of ${String(this.#values)} values`);
      const header = await this.#header(first < from);
      const start = this.#at;
      this.#at += header.storedBytes;
      if (this.#at > this.#end) throw new EndOfBytes('a page ends beyond its column');
      if (header.kind === 'dictionary') {
        await this.#readDictionary(header, start);
      } else if (header.kind !== 'other') {
        const end = first + header.values;
        if (end > this.#values) throw new RangeError('its pages have more values than the column');
        if (end > from && header.values > 0) {
          const page = await this.#pageBytes(header, start);
          const [lo, hi] = [Math.max(from, first), Math.min(to, end)];
          take(this.#decode(header, page, lo - first, hi - first, row + lo - from));
        }
        first = end;
      }
    }
  }

  /** The header at the current place, which moves to its end. */
  async #header(isPassing: boolean): Promise<PageHeader> {
    for (let size = FIRST_HEADER; ; size *= 8) {
      const bytes = await this.#window.from(this.#at, size, this.#end, isPassing);
      try {
        const reader = new ByteReader(bytes);
        const header = readPageHeader(reader);
        this.#at += reader.at;
        return header;
      } catch (error) {
        // Statistics make a header longer than expected.
        if (!(error instanceof EndOfBytes) || bytes.length < size || size > MAX_HEADER) throw error;
      }
    }
  }

  async #pageBytes({ storedBytes, crc }: PageHeader, start: number): Promise<Uint8Array> {
    const bytes = (await this.#window.from(start, storedBytes, this.#end, false)).subarray(0, storedBytes);
    if (bytes.length < storedBytes) throw new EndOfBytes('the file ends too early');
    if (crc !== undefined && crc >>> 0 !== crc32(bytes)) {
      throw new RangeError('a page is not as it was written: its checksum differs');
    }
    return bytes;
  }

  async #readDictionary(header: PageHeader, start: number): Promise<void> {
    if (this.#dictionary !== undefined) throw new RangeError('it has more than one dictionary');
    const { encoding, values, plainBytes } = header;
    if (encoding !== ENCODING.plain && encoding !== ENCODING.plainDictionary) {
      throw new RangeError(`its dictionary is in encoding ${String(encoding)}`);
    }
    // It is needed for as long as there are pages.
    const bytes = this.#decompress(await this.#pageBytes(header, start), plainBytes).slice();
    this.#dictionary = readPageValues(
      new ByteReader(bytes),
      ENCODING.plain,
      values,
      this.#stored,
      new RunRoom(),
    );
  }

  #decode(header: PageHeader, bytes: Uint8Array, from: number, to: number, row: number): ColumnPage {
    const { levels, reader } =
      header.kind === 'data' ? this.#partsV1(header, bytes) : this.#partsV2(header, bytes);
    const { flags, count } = readDefinitionLevels(levels, header.values);
    let first = from;
    if (flags !== undefined) {
      first = 0;
      for (let i = 0; i < from; i++) first += flags[i] ?? 0;
    }
    const rest = { row, rows: to - from, present: flags?.subarray(from, to), first };
    const { encoding } = header;
    if (encoding !== ENCODING.dictionary && encoding !== ENCODING.plainDictionary) {
      return {
        ...rest,
        values: readPageValues(reader, encoding, count, this.#stored, this.#room),
        indices: undefined,
      };
    }
    const values = this.#dictionary;
    if (values === undefined) throw new RangeError('it has no dictionary');
    return { ...rest, values, indices: readIndices(reader, count, lengthOf(values)) };
  }

  /** All of a page of the first version is compressed. */
  #partsV1(header: PageHeader, bytes: Uint8Array): { levels: ByteReader | undefined; reader: ByteReader } {
    const reader = new ByteReader(this.#decompress(bytes, header.plainBytes));
    if (!this.#stored.isOptional) return { levels: undefined, reader };
    if (header.levelEncoding !== ENCODING.runLengths) {
      throw new RangeError(`its levels are in encoding ${String(header.levelEncoding)}`);
    }
    return { levels: new ByteReader(reader.take(reader.uint32())), reader };
  }

  /** The levels of a page of the second version come before what is compressed. */
  #partsV2(header: PageHeader, bytes: Uint8Array): { levels: ByteReader | undefined; reader: ByteReader } {
    const { definitionBytes, repetitionBytes, plainBytes, isCompressed } = header;
    const stored = new ByteReader(bytes);
    stored.take(repetitionBytes);
    const levels = new ByteReader(stored.take(definitionBytes));
    const length = plainBytes - definitionBytes - repetitionBytes;
    if (length < 0) throw new RangeError('a page has more levels than bytes');
    const body = stored.take(stored.left);
    if (!isCompressed && body.length !== length)
      throw new RangeError('a page has another size than it promises');
    const reader = new ByteReader(isCompressed ? this.#decompress(body, length) : body);
    return { levels: this.#stored.isOptional ? levels : undefined, reader };
  }
}

function readIndices(reader: ByteReader, count: number, entries: number): Int32Array {
  const indices = new Int32Array(count);
  if (count === 0) return indices;
  readRunLengths(reader, reader.byte(), indices);
  for (let i = 0; i < count; i++) {
    // As an unsigned integer: those beyond 2^31 are negative here.
    if ((indices[i] ?? 0) >>> 0 >= entries) throw new RangeError('a value is not in the dictionary');
  }
  return indices;
}
