import type { Table } from '@uwdata/flechette';
import { ConversionError } from '../errors.js';
import type { ResolvedLimits } from '../limits.js';
import type { SourceChunk } from '../source.js';
import type { Flechette } from './arrow-type.js';
import { brokenMessage } from './flat-buffer.js';
import { FILE_START, readHead, requireFile, type MessageHead } from './ipc-message.js';

const MAGIC = Buffer.from('ARROW1');
const CONTINUATION = 0xff_ff_ff_ff;
const PREFIX_BYTES = 8;
const MAX_MESSAGE = 2 ** 31 - 1;

/** A message: its head, and the bytes of all of it as they stand in the source. */
export interface IpcMessage {
  readonly head: MessageHead;
  readonly bytes: Uint8Array;
}

/**
 * The messages of Arrow IPC bytes, in stream or file format, as they arrive. A file is read as the stream it holds: the
 * footer behind it says nothing that the messages do not say.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE`
 */
export async function* ipcMessages(
  chunks: AsyncIterable<SourceChunk>,
  limits: ResolvedLimits,
  onBytes: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<IpcMessage, void> {
  const input = new Inflow(chunks, onBytes);
  const framing = new Framing(await input.peek(FILE_START));
  input.skip(framing.start);
  for (;;) {
    const prefix = framing.prefix(await input.peek(PREFIX_BYTES));
    if (prefix === undefined) return;
    const { bytes: prefixBytes, headEnd } = prefix;
    requirePlausible(headEnd, input.left);
    const known = await input.peek(headEnd);
    if (known.length < headEnd) throw cutShort();
    const head = readHead(known.subarray(prefixBytes, headEnd), limits);
    const end = headEnd + head.bodyBytes;
    requirePlausible(end, input.left);
    const bytes = await input.take(end);
    if (bytes.length < end) throw cutShort();
    yield { head, bytes };
  }
}

/** The messages of an IPC stream that is all there: views on its bytes. */
export function* messagesIn(bytes: Uint8Array, limits: ResolvedLimits): Generator<IpcMessage, void> {
  const framing = new Framing(bytes.subarray(0, FILE_START));
  for (let at = framing.start; ;) {
    const prefix = framing.prefix(bytes.subarray(at, at + PREFIX_BYTES));
    if (prefix === undefined) return;
    const headEnd = at + prefix.headEnd;
    requirePlausible(headEnd, bytes.length);
    const head = readHead(bytes.subarray(at + prefix.bytes, headEnd), limits);
    const end = headEnd + head.bodyBytes;
    requirePlausible(end, bytes.length);
    yield { head, bytes: bytes.subarray(at, end) };
    at = end;
  }
}

/**
 * A table of the library over IPC bytes, in stream or file format, checked before the library sees them.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE`
 */
export function tableOfBytes(f: Flechette, given: Uint8Array, limits: ResolvedLimits): Table {
  // Arrow buffers are read in place and need 8-byte alignment.
  const bytes = given.byteOffset % 8 === 0 ? given : new Uint8Array(given);
  if (MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    requireFile(bytes, MAGIC, limits);
    return decoded(() => f.tableFromIPC(bytes, { useBigInt: true }));
  }
  const messages = [...messagesIn(bytes, limits)].filter(({ head }) => head.kind !== 'other');
  if (!messages.some(({ head }) => head.kind === 'schema')) throw brokenMessage('there is no schema');
  return tableOfMessages(
    f,
    messages.map((message) => message.bytes),
  );
}

/** Where messages begin and end. */
class Framing {
  /** Where the first message begins. */
  readonly start: number;
  /** Since version 0.15 all messages have a mark; before it, none. */
  #marked: boolean | undefined;

  constructor(first: Uint8Array) {
    if (first.length === 0) throw brokenMessage('there are none');
    this.start = MAGIC.equals(first.subarray(0, MAGIC.length)) ? FILE_START : 0;
  }

  /** What stands before a message: its own length, and where the head ends. Undefined at the end. */
  prefix(bytes: Uint8Array): { bytes: number; headEnd: number } | undefined {
    // A stream may simply end.
    if (bytes.length === 0) return undefined;
    if (bytes.length < 4) throw cutShort();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const marked = view.getUint32(0, true) === CONTINUATION;
    this.#marked ??= marked;
    // What has no mark behind messages that do is the footer of a file.
    if (this.start > 0 && this.#marked && !marked) return undefined;
    if (marked && bytes.length < PREFIX_BYTES) throw cutShort();
    const length = view.getInt32(marked ? 4 : 0, true);
    if (length < 0) throw brokenMessage('a message claims a negative length');
    const own = marked ? PREFIX_BYTES : 4;
    return length === 0 ? undefined : { bytes: own, headEnd: own + length };
  }
}

function cutShort(): ConversionError {
  return brokenMessage('they end within a message');
}

function requirePlausible(bytes: number, left: number): void {
  if (bytes > left) throw cutShort();
  if (bytes <= MAX_MESSAGE) return;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TOO_LARGE',
    `a record batch of ${String(bytes)} bytes is beyond the 2 GB that are read at once; write smaller batches`,
  );
}

/** A table of the library over messages that were checked: a schema first, then dictionaries and record batches. */
export function tableOfMessages(f: Flechette, messages: readonly Uint8Array[]): Table {
  return decoded(() => f.tableFromIPC([...messages], { useBigInt: true }));
}

function decoded(decode: () => Table): Table {
  try {
    return decode();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `the bytes are not Arrow IPC, or broken: ${reason}`,
      {
        cause,
      },
    );
  }
}

/** Bytes that arrive in pieces, to be looked at and taken in others. */
class Inflow {
  readonly #chunks: AsyncIterator<SourceChunk>;
  readonly #onBytes: (done: number, total: number) => void;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #done = 0;
  #total = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<SourceChunk>, onBytes: (done: number, total: number) => void) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#onBytes = onBytes;
  }

  /** Bytes that are still to be taken, as far as is known. */
  get left(): number {
    if (this.#ended) return this.#held;
    return this.#total === 0 ? Infinity : this.#held + this.#total - this.#done;
  }

  /** The next `length` bytes, or as many as there are. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#held < length && !this.#ended) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#ended = true;
        break;
      }
      const { bytes, done, total } = next.value;
      // A piece of a file is only lent.
      this.#pieces.push(new Uint8Array(bytes));
      this.#held += bytes.length;
      this.#done = done;
      this.#total = total;
      this.#onBytes(done, Math.max(done, total));
    }
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) return first.subarray(0, length);
    const joined = new Uint8Array(Buffer.concat(this.#pieces));
    this.#pieces = joined.length === 0 ? [] : [joined];
    return joined.subarray(0, Math.min(length, joined.length));
  }

  skip(length: number): void {
    let rest = length;
    while (rest > 0) {
      const [first] = this.#pieces;
      if (first === undefined) return;
      const cut = Math.min(rest, first.length);
      rest -= cut;
      this.#held -= cut;
      if (cut === first.length) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(cut);
    }
  }

  /** Bytes of their own, aligned as Arrow buffers need it. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(await this.peek(length));
    this.skip(bytes.length);
    return bytes;
  }
}
