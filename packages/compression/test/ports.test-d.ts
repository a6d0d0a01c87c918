import { describe, expectTypeOf, it } from 'vitest';
import type {
  CodecName,
  Columns,
  Executor,
  CompressionError,
  CompressionEvent,
  Compressor,
  Content,
  Float16Shape,
  Frame,
  FrameInfo,
} from '../src/index.js';

declare const compressor: Compressor;
declare const bytes: Uint8Array;

describe('what the compiler knows', () => {
  it('of a frame it made: the type that comes back', () => {
    expectTypeOf(compressor.decompressSync(compressor.compressSync(new Float64Array(1)))).toEqualTypeOf<
      Float64Array<ArrayBuffer>
    >();
    expectTypeOf(compressor.decompressSync(compressor.compressSync(new BigInt64Array(1)))).toEqualTypeOf<
      BigInt64Array<ArrayBuffer>
    >();
    expectTypeOf(
      compressor.decompressSync(compressor.compressSync(new ArrayBuffer(1))),
    ).toEqualTypeOf<ArrayBuffer>();
    expectTypeOf(compressor.compress(new Int8Array(1))).resolves.toEqualTypeOf<
      Frame<Int8Array<ArrayBuffer>>
    >();
    expectTypeOf<Frame<Int16Array<ArrayBuffer>>>().toExtend<Parameters<Compressor['decompress']>[0]>();
  });

  it('of a Buffer and of shared memory: plain arrays come back', () => {
    expectTypeOf(compressor.decompressSync(compressor.compressSync(Buffer.alloc(1)))).toEqualTypeOf<
      Uint8Array<ArrayBuffer>
    >();
    expectTypeOf(
      compressor.decompressSync(compressor.compressSync(new Int32Array(new SharedArrayBuffer(4)))),
    ).toEqualTypeOf<Int32Array<ArrayBuffer>>();
  });

  it('of a choice of types: the same choice', () => {
    const data: Float32Array | Float64Array = Math.random() < 2 ? new Float32Array(1) : new Float64Array(1);
    expectTypeOf(
      compressor.decompressSync(compressor.compressSync<Float32Array | Float64Array>(data)),
    ).toEqualTypeOf<Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>();
  });

  it('of plain bytes: one of the content types', () => {
    expectTypeOf(compressor.decompressSync(bytes)).toEqualTypeOf<Content>();
    expectTypeOf(
      compressor.decompress(bytes, { signal: new AbortController().signal }),
    ).resolves.toEqualTypeOf<Content>();
  });

  it('a frame is bytes, for whoever keeps it', () => {
    expectTypeOf<Frame>().toExtend<Uint8Array>();
    expectTypeOf<Frame<Float64Array<ArrayBuffer>>>().toExtend<Uint8Array<ArrayBuffer>>();
    expectTypeOf<Uint8Array<ArrayBuffer>>().not.toExtend<Frame>();
  });
});

describe('what the compiler refuses', () => {
  it('data of another kind', () => {
    // @ts-expect-error a DataView has no element type
    compressor.compressSync(new DataView(new ArrayBuffer(1)));
    // @ts-expect-error shared memory needs a view
    compressor.compressSync(new SharedArrayBuffer(1));
    // @ts-expect-error text is not bytes
    compressor.compressSync('text');
    // @ts-expect-error a frame is a Uint8Array
    compressor.decompressSync(new ArrayBuffer(1));
  });

  it('takes the array of sixteen bits of hosts that have one', () => {
    expectTypeOf<Float16Shape>().toExtend<Parameters<Compressor['compressSync']>[0]>();
  });
});

describe('shapes that others rely on', () => {
  it('the port of a compressor of bytes', () => {
    interface BytesCompressor {
      compress(data: Uint8Array, o?: { signal?: AbortSignal }): Promise<Uint8Array>;
      compressSync(data: Uint8Array): Uint8Array;
      decompress(frame: Uint8Array, o?: { signal?: AbortSignal }): Promise<unknown>;
      decompressSync(frame: Uint8Array): unknown;
      close(): Promise<void>;
    }
    expectTypeOf<Compressor>().toExtend<BytesCompressor>();
    expectTypeOf<Compressor>().toExtend<AsyncDisposable>();
  });

  it('the port of a codec of values, as a cache takes it', () => {
    interface ValueCodec<V> {
      encode(value: V): Promise<Uint8Array[] | undefined>;
      decode(parts: Uint8Array[]): Promise<V>;
      decodeSync(parts: Uint8Array[]): V;
    }
    expectTypeOf<ReturnType<Compressor['columnCodec']>>().toExtend<ValueCodec<Columns>>();
    expectTypeOf<{ price: Float64Array; city: string[] }>().toExtend<Columns>();
  });

  it('the executor of others, which may know more', () => {
    interface LazyExecutor {
      run<R>(
        task: {
          readonly module: string;
          readonly export: string;
          readonly args: unknown;
          readonly transfer?: (ArrayBuffer | { readonly close: () => void })[];
        },
        o?: { readonly signal?: AbortSignal | undefined; readonly priority?: number | undefined },
      ): Promise<R>;
      readonly concurrency: number;
    }
    expectTypeOf<LazyExecutor>().toExtend<Executor>();
  });

  it('the events', () => {
    expectTypeOf<CompressionEvent>().toEqualTypeOf<{
      readonly direction: 'compress' | 'decompress';
      readonly codec: 'none' | 'gzip' | 'deflate' | 'brotli' | 'zstd' | 'columnar';
      readonly bytesIn: number;
      readonly bytesOut: number;
      readonly durationMs: number;
    }>();
  });

  it('errors by code', () => {
    expectTypeOf<CompressionError['code']>().extract<'ERR_PERF_COMPRESSION_CORRUPT'>().not.toBeNever();
    expectTypeOf<FrameInfo['codec']>().toEqualTypeOf<CodecName>();
  });
});
