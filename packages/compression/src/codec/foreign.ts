/**
 * Files of other programs: gzip, of one member or several (RFC 1952), and zstd, of one frame or several (RFC 8878).
 * They say nothing of types, so bytes come back; their length is not known beforehand, so memory is taken as they
 * come, up to a limit.
 */
import { Gunzip } from 'fflate';
import type { Checksum } from '../checksum.js';
import { CompressionError, corrupt } from '../errors.js';
import { allocate, ownMemory } from '../memory.js';
import { SLICE_BYTES, type Slices } from '../slices.js';
import { nextTurn } from '../turn.js';
import { codeOf, decodeFailure, runZlib } from './zlib-run.js';
import type { ZlibEngine } from './zlib.js';
import { firstFrame, framesEnd, isZstd, skippableBytes } from './zstd-frame.js';

export type ForeignName = 'gzip' | 'zstd';

/** Reads the files of another program. */
export interface ForeignReader {
  readSync(file: Uint8Array, limit: number): ArrayBuffer;
  read(file: Slices, limit: number, signal: AbortSignal | undefined): Promise<ArrayBuffer>;
}

/** Which program wrote a file, by its first bytes. */
export function foreignName(bytes: Uint8Array): ForeignName | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  return isZstd(bytes) ? 'zstd' : undefined;
}

/**
 * By `node:zlib`. It reads all members of a gzip file; of a zstd file all frames or, before Node 24, the first one only. So
 * the first call gets the whole file, and what it leaves is read frame by frame, small ones right here: a stream for each
 * would take half a minute for a megabyte of them.
 */
export function hostedReader(name: ForeignName, engine: ZlibEngine): ForeignReader {
  const consume = (part: Uint8Array, pieces: Pieces, limit: number): number => {
    const chunkSize = Math.min(SLICE_BYTES, Math.max(1024, part.byteLength * 4));
    // One byte more than there may be tells a file that is too large.
    const maxOutputLength = pieces.room + 1;
    const { bytes, consumed } = decompressed(
      () => engine.consumeSync(part, { chunkSize, maxOutputLength }),
      limit,
    );
    pieces.take(bytes);
    return consumed;
  };
  return {
    readSync(file, limit) {
      const pieces = new Pieces(limit);
      let rest = unskipped(name, file.subarray(0, contentEnd(name, file)));
      for (let frames = 0; rest.byteLength > 0; frames++) {
        const part = frames === 0 ? rest : firstFrame(rest);
        rest = unread(name, rest, consume(part, pieces, limit));
      }
      return ownMemory(pieces.joined());
    },
    async read(file, limit, signal) {
      const pieces = new Pieces(limit);
      let rest = file.first(contentEnd(name, file.view()));
      const leave = (after: Uint8Array): void => {
        rest = rest.from(rest.byteLength - after.byteLength);
      };
      leave(unskipped(name, rest.view()));
      for (let frames = 0; rest.byteLength > 0; frames++) {
        const view = rest.view();
        const part = frames === 0 ? rest : rest.first(firstFrame(view).byteLength);
        if (frames > 0 && part.byteLength <= SMALL_BYTES) {
          leave(unread(name, view, consume(part.view(), pieces, limit)));
          if (frames % FRAMES_A_TURN === 0) await nextTurn(signal);
          continue;
        }
        const stream = engine.decompressor({ chunkSize: SLICE_BYTES });
        try {
          await runZlib(stream, part, (piece) => pieces.take(piece.slice()), signal);
        } catch (error) {
          throw decodeFailure(error, limit);
        }
        leave(unread(name, rest.view(), engine.consumedBy(stream)));
      }
      return ownMemory(pieces.joined());
    },
  };
}

/** What so few bytes stand for (8 MB at the most) is made at once, a turn of the event loop being given now and then. */
const SMALL_BYTES = 256;
const FRAMES_A_TURN = 16;

function decompressed<T>(work: () => T, limit: number): T {
  try {
    return work();
  } catch (error) {
    throw codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(limit) : decodeFailure(error, limit);
  }
}

/** Where the frames of a zstd file end; of a gzip file zlib itself finds the end. */
function contentEnd(name: ForeignName, file: Uint8Array): number {
  if (name === 'gzip') return file.byteLength;
  const end = framesEnd(file);
  refuseMore(name, file.subarray(end));
  return end;
}

/** What comes after frames that hold nothing. */
function unskipped(name: ForeignName, bytes: Uint8Array): Uint8Array {
  return name === 'zstd' ? bytes.subarray(skippableBytes(bytes)) : bytes;
}

/** What follows a frame that was read. */
function unread(name: ForeignName, file: Uint8Array, consumed: number): Uint8Array {
  const rest = file.subarray(consumed);
  if (consumed > 0 && name === 'zstd') return unskipped(name, rest);
  refuseMore(name, rest);
  return rest.subarray(rest.byteLength);
}

/** Padding counts as nothing. */
function refuseMore(name: ForeignName, rest: Uint8Array): void {
  if (rest.every((byte) => byte === 0)) return;
  throw corrupt(`${String(rest.byteLength)} bytes follow the end of the ${name} file`);
}

/** By fflate, which checks nothing: checksum and length of each member are compared here. */
export function portableGzipReader(checksum: Checksum): ForeignReader {
  const readSync = (file: Uint8Array, limit: number): ArrayBuffer => {
    const pieces = new Pieces(limit);
    const members = new MemberCheck(file, checksum);
    const gunzip = new Gunzip((piece) => {
      members.take(piece);
      pieces.take(piece);
    });
    gunzip.onmember = (offset) => {
      members.end(offset);
    };
    try {
      // Little at a time, for each may become a thousand times as much.
      for (let at = 0; at < file.byteLength; at += PORTABLE_SLICE) {
        const end = Math.min(file.byteLength, at + PORTABLE_SLICE);
        gunzip.push(file.subarray(at, end), end === file.byteLength);
      }
    } catch (error) {
      if (error instanceof CompressionError) throw error;
      throw corrupt('the gzip file cannot be decompressed', error);
    }
    members.end(file.byteLength);
    return ownMemory(pieces.joined());
  };
  return {
    readSync,
    async read(file, limit, signal) {
      await nextTurn(signal);
      return readSync(file.whole(), limit);
    },
  };
}

const PORTABLE_SLICE = 16_384;

/** Compares each member of a gzip file with its trailer: CRC-32 and length, 32 bits each. */
class MemberCheck {
  readonly #view: DataView;
  readonly #checksumOf: Checksum;
  #checksum = 0;
  #length = 0;

  constructor(file: Uint8Array, checksum: Checksum) {
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.#checksumOf = checksum;
  }

  take(piece: Uint8Array): void {
    this.#checksum = this.#checksumOf(piece, this.#checksum);
    this.#length += piece.byteLength;
  }

  end(offset: number): void {
    const sound =
      offset >= 18 &&
      this.#view.getUint32(offset - 8, true) === this.#checksum &&
      this.#view.getUint32(offset - 4, true) === this.#length >>> 0;
    if (!sound) throw corrupt('a member of the gzip file is damaged: its checksum does not fit');
    this.#checksum = 0;
    this.#length = 0;
  }
}

/** Pieces of a content of unknown length, up to a limit. */
class Pieces {
  readonly #limit: number;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get room(): number {
    return this.#limit - this.#length;
  }

  take(piece: Uint8Array): boolean {
    if (piece.byteLength > this.room) throw tooLarge(this.#limit);
    this.#pieces.push(piece);
    this.#length += piece.byteLength;
    return true;
  }

  joined(): Uint8Array {
    const [only] = this.#pieces;
    if (only !== undefined && this.#pieces.length === 1) return only;
    const whole = new Uint8Array(allocate(this.#length));
    let at = 0;
    for (const piece of this.#pieces.splice(0)) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return whole;
  }
}

function tooLarge(limit: number): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_TOO_LARGE',
    `the file holds more than maxOutputBytes (${String(limit)})`,
  );
}
