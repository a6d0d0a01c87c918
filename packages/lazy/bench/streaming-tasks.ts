/** A gigabyte of numbers through three stages, each way to be called in a process of its own. */
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream, TransformStream, WritableStream } from 'node:stream/web';
import { Ledger, MemoryPool, StreamingConverter, type Batch } from '@perf/lazy';

export interface Flow {
  readonly bytes: number;
  /** Items of a batch, for those that are told how many. */
  readonly items: number;
}

export interface Outcome {
  readonly sum: number;
  readonly items: number;
  readonly ms: number;
  /** The most that the ledger had, in bytes; 0 where there is none. */
  readonly peakBytes: number;
}

const WIDTH = 8;

function filled(length: number, first: number, target = new Float64Array(length)): Float64Array {
  for (let i = 0; i < length; i += 1) target[i] = first + i;
  return target;
}

// The three stages: the same work for everybody, into an array that is given or made.
const scaled = (numbers: Float64Array, target = new Float64Array(numbers.length)): Float64Array => {
  for (let i = 0; i < numbers.length; i += 1) target[i] = (numbers[i] ?? 0) * 0.5;
  return target;
};
const shifted = (numbers: Float64Array, target = new Float64Array(numbers.length)): Float64Array => {
  for (let i = 0; i < numbers.length; i += 1) target[i] = (numbers[i] ?? 0) + 1;
  return target;
};
const summed = (numbers: Float64Array): Float64Array => {
  let sum = 0;
  for (const number of numbers) sum += number;
  return Float64Array.of(sum, numbers.length);
};

class Totals {
  sum = 0;
  items = 0;

  take(data: Float64Array): void {
    this.sum += data[0] ?? 0;
    this.items += data[1] ?? 0;
  }
}

function batchOf(data: Float64Array): Batch<Float64Array> {
  return { data, rows: data.length, bytes: data.byteLength };
}

async function timed(run: (totals: Totals) => Promise<number>): Promise<Outcome> {
  const totals = new Totals();
  const started = performance.now();
  const peakBytes = await run(totals);
  return { sum: totals.sum, items: totals.items, ms: performance.now() - started, peakBytes };
}

async function streamed({ bytes, items }: Flow, pool: MemoryPool | undefined): Promise<Outcome> {
  const ledger = new Ledger();
  const converter = new StreamingConverter({
    maxBytes: '64MB',
    ledger,
    ...(pool === undefined ? {} : { pool }),
  });
  return timed(async (totals) => {
    const into = (allocate: (bytes: number) => Uint8Array<ArrayBuffer>, length: number) =>
      pool === undefined
        ? new Float64Array(length)
        : new Float64Array(allocate(length * WIDTH).buffer, 0, length);
    const run = converter.run(
      (control) => ({
        *[Symbol.iterator]() {
          for (let at = 0; at < bytes;) {
            const length = items > 0 ? items : Math.floor(control.batchBytes / WIDTH);
            const count = Math.min(length, (bytes - at) / WIDTH);
            yield batchOf(filled(count, at / WIDTH));
            at += count * WIDTH;
          }
        },
      }),
      [
        ({ data }, { allocate }) => batchOf(scaled(data, into(allocate, data.length))),
        ({ data }, { allocate }) => batchOf(shifted(data, into(allocate, data.length))),
        ({ data }) => batchOf(summed(data)),
      ],
    );
    await run.to(({ data }) => {
      totals.take(data);
    });
    return ledger.peakBytes;
  });
}

/** By `StreamingConverter`: batches of as many items as given, or, with 0, as large as it asks for. */
export function converter(flow: Flow): Promise<Outcome> {
  return streamed(flow, undefined);
}

/** The same, with the memory of the stages from a pool. */
export function pooled(flow: Flow): Promise<Outcome> {
  return streamed(flow, new MemoryPool());
}

function* arrays({ bytes, items }: Flow): Generator<Float64Array, void> {
  for (let at = 0; at < bytes / WIDTH; at += items) yield filled(Math.min(items, bytes / WIDTH - at), at);
}

/** By plain async generators, the least that there can be. */
export function generators(flow: Flow): Promise<Outcome> {
  async function* stage(
    source: AsyncIterable<Float64Array> | Iterable<Float64Array>,
    work: (numbers: Float64Array) => Float64Array,
  ): AsyncGenerator<Float64Array, void> {
    for await (const numbers of source) yield work(numbers);
  }
  return timed(async (totals) => {
    for await (const data of stage(stage(stage(arrays(flow), scaled), shifted), summed)) totals.take(data);
    return 0;
  });
}

/** By Node streams in object mode. */
export function nodeStreams(flow: Flow): Promise<Outcome> {
  const stage = (work: (numbers: Float64Array) => Float64Array): Transform =>
    new Transform({
      objectMode: true,
      transform(numbers: Float64Array, _, done) {
        done(null, work(numbers));
      },
    });
  return timed(async (totals) => {
    await pipeline(
      Readable.from(arrays(flow)),
      stage(scaled),
      stage(shifted),
      stage(summed),
      new Writable({
        objectMode: true,
        write(data: Float64Array, _, done) {
          totals.take(data);
          done();
        },
      }),
    );
    return 0;
  });
}

/** By Web streams. */
export function webStreams(flow: Flow): Promise<Outcome> {
  const stage = (
    work: (numbers: Float64Array) => Float64Array,
  ): TransformStream<Float64Array, Float64Array> =>
    new TransformStream({
      transform(numbers, controller) {
        controller.enqueue(work(numbers));
      },
    });
  return timed(async (totals) => {
    const source = arrays(flow);
    await new ReadableStream<Float64Array>({
      pull(controller) {
        const next = source.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    })
      .pipeThrough(stage(scaled))
      .pipeThrough(stage(shifted))
      .pipeThrough(stage(summed))
      .pipeTo(
        new WritableStream({
          write(data) {
            totals.take(data);
          },
        }),
      );
    return 0;
  });
}
