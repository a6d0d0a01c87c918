import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as duckdb from '@duckdb/node-api';
import type * as duckdbBindings from '@duckdb/node-bindings';
import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { refuseUnknown } from '@perf/internal/options';
import { refuseOption, throwIfAborted } from '../errors.js';
import { loadPeer } from '../peer.js';

export interface DuckDbLibrary {
  readonly api: typeof duckdb;
  /** The functions below the api: they give the memory of a vector instead of one object a value. */
  readonly bindings: (typeof duckdbBindings)['default'];
}

export interface DuckDbOptions {
  /**
   * What one conversion may hold in DuckDB; beyond it goes to disk, and what cannot, the way of JavaScript. Default
   * `'512MB'`.
   */
  readonly memoryLimit?: ByteSize;
  /** Threads of one conversion. Default: as many as there are cores, at most 4. */
  readonly threads?: number;
}

export interface ResolvedDuckDbOptions {
  readonly memoryLimit: number;
  readonly threads: number;
}

/** @throws ConversionError `ERR_PERF_CONVERT_INVALID_OPTION` */
export function resolveOptions(options: DuckDbOptions): ResolvedDuckDbOptions {
  refuseUnknown(options, ['memoryLimit', 'threads'], refuseOption);
  const { memoryLimit = '512MB', threads = Math.min(4, availableParallelism()) } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
    throw refuseOption(`threads is ${String(threads)}; it must be a whole number from 1 to 256`);
  }
  return { memoryLimit: parseBytes(memoryLimit, 'memoryLimit', refuseOption), threads };
}

/** @throws ConversionError `ERR_PERF_CONVERT_MISSING_PEER` */
export async function loadDuckDb(): Promise<DuckDbLibrary> {
  const [api, { default: bindings }] = await loadPeer(
    '@duckdb/node-api @duckdb/node-bindings',
    () => Promise.all([import('@duckdb/node-api'), import('@duckdb/node-bindings')]),
    'converting with DuckDB',
  );
  return { api, bindings };
}

/** A database of its own for one conversion, with a directory that nobody else can read. */
export interface Engine extends AsyncDisposable {
  readonly library: DuckDbLibrary;
  readonly connection: duckdb.DuckDBConnection;
  /** A path in the private directory. */
  file(name: string): string;
}

/**
 * Opens a database in memory: bounded memory and threads, nothing installed or loaded beside what it was built with.
 * When the signal aborts, the running statement ends.
 */
export async function openEngine(
  { memoryLimit, threads }: ResolvedDuckDbOptions,
  signal: AbortSignal | undefined,
): Promise<Engine> {
  const library = await loadDuckDb();
  throwIfAborted(signal);
  const directory = await mkdtemp(join(tmpdir(), 'perf-duckdb-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const instance = await library.api.DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${String(Math.max(2 ** 20, memoryLimit))}B`,
      temp_directory: directory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await instance.connect();
    const interrupt = (): void => {
      connection.interrupt();
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    return {
      library,
      connection,
      file: (name) => join(directory, name),
      async [Symbol.asyncDispose]() {
        signal?.removeEventListener('abort', interrupt);
        connection.closeSync();
        instance.closeSync();
        await remove();
      },
    };
  } catch (cause) {
    await remove();
    throw cause;
  }
}

/** Whether an error is not DuckDB's: those have a message and nothing else. */
export function isOwnOrSystem(cause: unknown): boolean {
  return !(cause instanceof Error) || cause instanceof TypeError || 'code' in cause;
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
