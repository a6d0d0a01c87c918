import type { Abortable, Codec, EncodeOptions, Level } from '../codec/codec.js';
import { CompressionError, tooMuch, unreadableBlock } from '../errors.js';
import { allocate, allocated } from '../memory.js';
import { SLICE_BYTES, type Slices } from '../slices.js';
import { nextTurn } from '../turn.js';
import { PREFIX_BYTES, walkBlocks } from './block-walk.js';
import { elementOf } from './element.js';
import { decodeInto, runJob, type BlockJob } from './job.js';
import type { Workspace } from './workspace.js';

/** Does block jobs on other threads. The bytes of a job are moved there, and those of the result back. */
export interface BlockRunner {
  /** How many jobs make progress at the same time. */
  readonly concurrency: number;
  run(job: BlockJob, signal: AbortSignal | undefined): Promise<Uint8Array>;
}

/** What the codec works with. */
export interface Columnar {
  /** The workspace of this thread, made on first use. */
  readonly workspace: () => Workspace;
  /** Where large contents are worked on; on the event loop, with pauses, where there is none. */
  readonly runner?: BlockRunner | undefined;
}

/** Contents up to these sizes take a few milliseconds: less than it costs others to go to a thread. */
const INLINE_BYTES: Readonly<Record<Level | 'decode', number>> = {
  fast: 2 ** 20,
  balanced: 2 ** 18,
  small: 2 ** 15,
  decode: 2 ** 20,
};

/** Typed arrays by filters chosen for each block; see README. The blocks are independent of each other. */
export function columnarCodec({ workspace, runner }: Columnar): Codec {
  return {
    name: 'columnar',
    verbatim: false,
    encodeSync(content, { level, limit, type }) {
      const pieces = [prefixFor(type)];
      let length = PREFIX_BYTES;
      for (let offset = 0; offset < content.byteLength; offset += SLICE_BYTES) {
        const bytes = content.subarray(offset, offset + SLICE_BYTES);
        const piece = runJob(workspace(), { direction: 'encode', type, level, bytes });
        pieces.push(piece);
        length += piece.byteLength;
        if (length > limit) return undefined;
      }
      return length > limit ? undefined : joined(pieces, length);
    },
    decodeSync(payload, { contentBytes, type, allocate: from }) {
      const { blockLength } = walkBlocks(payload, elementOf(type), contentBytes, SLICE_BYTES);
      const content = allocated(contentBytes, from);
      const bytes = payload.subarray(PREFIX_BYTES);
      readable(() => {
        decodeInto(workspace(), { type, blockLength, bytes }, content);
      });
      return content;
    },
    async encode(content, sink, o) {
      if (!sink.write(prefixFor(o.type))) return false;
      const away = runner !== undefined && content.byteLength > INLINE_BYTES[o.level];
      const pieces = away ? encodedAway(content, o, runner) : encodedHere(content, o, workspace);
      for await (const piece of pieces) if (!sink.write(piece)) return false;
      return true;
    },
    async decode(payload, o) {
      const { blockLength, ranges } = walkBlocks(
        payload.view(),
        elementOf(o.type),
        o.contentBytes,
        SLICE_BYTES,
      );
      const content = allocated(o.contentBytes, o.allocate);
      const away = runner !== undefined && o.contentBytes > INLINE_BYTES.decode;
      if (!away) {
        for (const [index, { offset, length, contentOffset, contentBytes }] of ranges.entries()) {
          if (index > 0) await nextTurn(o.signal);
          const bytes = payload.copy(offset, length);
          const out = content.subarray(contentOffset, contentOffset + contentBytes);
          readable(() => {
            decodeInto(workspace(), { type: o.type, blockLength, bytes }, out);
          });
        }
        return content;
      }
      const jobs = ranges.map(({ offset, length, contentBytes }) => (): BlockJob => {
        const bytes = payload.copy(offset, length);
        return { direction: 'decode', type: o.type, blockLength, contentBytes, bytes };
      });
      let at = 0;
      for await (const piece of inOrder(jobs, runner, o)) {
        if (piece.byteLength > content.byteLength - at) throw tooMuch(o.contentBytes);
        content.set(piece, at);
        at += piece.byteLength;
      }
      return content;
    },
    // A block of one value for 64 KB takes its length, its filter and the value.
    mostContent: (payloadBytes) => payloadBytes * 2 ** 14,
  };
}

function prefixFor(type: EncodeOptions['type']): Uint8Array {
  return Uint8Array.of(Math.log2(elementOf(type).blockLength));
}

async function* encodedHere(
  content: Slices,
  { level, type, signal }: EncodeOptions & Abortable,
  workspace: () => Workspace,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of content.paced(signal)) {
    yield runJob(workspace(), { direction: 'encode', type, level, bytes });
  }
}

function encodedAway(
  content: Slices,
  { level, type, signal }: EncodeOptions & Abortable,
  runner: BlockRunner,
): AsyncGenerator<Uint8Array> {
  function* jobs(): Generator<() => BlockJob> {
    for (const slice of content) {
      yield () => ({ direction: 'encode', type, level, bytes: slice.slice() });
    }
  }
  return inOrder(jobs(), runner, { signal });
}

/** The results of jobs in their order, with as many under way as the runner can do at once and one that waits. */
async function* inOrder(
  jobs: Iterable<() => BlockJob>,
  runner: BlockRunner,
  { signal }: Abortable,
): AsyncGenerator<Uint8Array> {
  const ended = new AbortController();
  const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const running: Promise<Uint8Array>[] = [];
  try {
    for (const job of jobs) {
      running.push(started(job(), runner, either));
      if (running.length <= runner.concurrency) continue;
      const first = await running.shift();
      // The answers of quick threads would follow each other without ever letting the event loop go on.
      await nextTurn(signal);
      if (first !== undefined) yield first;
    }
    for (const next of running.splice(0)) {
      const piece = await next;
      await nextTurn(signal);
      yield piece;
    }
  } finally {
    // Whoever stops early wants none of the others either.
    ended.abort();
  }
}

function started(job: BlockJob, runner: BlockRunner, signal: AbortSignal): Promise<Uint8Array> {
  const result = runner.run(job, signal);
  // Whether it fails is asked for in its turn, or never when the one before it failed.
  result.catch(() => undefined);
  return result;
}

/** Runs a decoder; what it raises is the payload's fault. */
function readable(decode: () => void): void {
  try {
    decode();
  } catch (error) {
    throw error instanceof CompressionError ? error : unreadableBlock(error);
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(allocate(length));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
