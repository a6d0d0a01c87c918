import type { Compressors, DecodedArray, FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet';
import type * as hyparquet from 'hyparquet';
import { shown } from '@perf/internal/errors';
import type { Progress } from '../adapter.js';
import { ConversionError, throwIfAborted } from '../errors.js';
import type { Losses } from '../losses.js';
import { buildColumn } from '../table/column-builder.js';
import type { Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import type { Selection } from '../table/records.js';
import { ColumnCollector } from './column-collector.js';
import type { ParquetFile } from './file.js';
import { fieldOfParquet } from './parquet-type.js';

export interface ParquetLibrary {
  readonly parquet: typeof hyparquet;
  readonly compressors: Compressors;
}

export interface ReadParquetOptions extends Selection {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Values come as stored: days and ticks as numbers, JSON as text; nothing passes through a rounded Date. */
const RAW_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (value: number) => value,
  stringFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : text(bytes)),
  jsonFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : text(bytes)),
};

/**
 * Reads columns and rows of a Parquet file: only the pages of the wanted columns are fetched and decoded, one row
 * group at a time, so that an abort is heard between groups.
 */
export async function readParquet(
  { parquet, compressors }: ParquetLibrary,
  file: ParquetFile,
  losses: Losses,
  options: ReadParquetOptions = {},
): Promise<ColumnTable> {
  const metadata = await readMetadata(parquet, file);
  const elements = topLevel(metadata);
  const names = options.columns ?? elements.map(({ name }) => name);
  const groups = rowGroups(metadata);
  const total = groups.at(-1)?.end ?? 0;
  const start = Math.min(options.offset ?? 0, total);
  const end = Math.min(total, start + (options.limit ?? Infinity));
  const collectors = names.map((name) => {
    const element = elements.find((candidate) => candidate.name === name);
    if (element === undefined) throw noColumn(name, elements);
    return new ColumnCollector(name, fieldOfParquet(element), end - start);
  });

  for (const group of groups) {
    const rowStart = Math.max(start, group.start);
    const rowEnd = Math.min(end, group.end);
    if (rowStart >= rowEnd || names.length === 0) continue;
    throwIfAborted(options.signal);
    let failed: unknown;
    const add = (column: string, data: DecodedArray, first: number): void => {
      const collector = collectors[names.indexOf(column)];
      collector?.add(...cut(data, first, rowStart, rowEnd), Math.max(first, rowStart) - start);
    };
    await parquet.parquetRead({
      file,
      metadata,
      compressors,
      parsers: RAW_PARSERS,
      columns: [...names],
      rowStart,
      rowEnd,
      onChunk({ columnName, columnData, rowStart: first }) {
        // What is thrown here would end the process as an unhandled rejection.
        try {
          add(columnName, columnData, first);
        } catch (cause) {
          failed ??= cause;
        }
      },
    });
    if (failed !== undefined) throw broken(failed);
    options.onProgress?.({ done: rowEnd - start, total: end - start, unit: 'rows' });
  }
  losses.total((end - start) * names.length);
  const columns = collectors.map((collector): Column => {
    const values = collector.finish();
    if (!Array.isArray(values)) return values;
    losses.noted(
      'type-generalised',
      collector.name,
      'this Parquet type was converted value by value',
      values.length,
    );
    return buildColumn(collector.name, values, losses);
  });
  return new ColumnTable(columns, end - start, keyValues(metadata));
}

/** The footer of a file: its schema, row groups and number of rows. */
export async function readMetadata(parquet: typeof hyparquet, file: ParquetFile): Promise<FileMetaData> {
  try {
    return await parquet.parquetMetadataAsync(file);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the file is not Parquet: ${reason}`, { cause });
  }
}

/**
 * First and last row of each row group.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` when a footer contradicts itself about them
 */
export function rowGroups(metadata: FileMetaData): { start: number; end: number }[] {
  let start = 0;
  for (const group of metadata.row_groups) {
    const counts = group.columns.map(({ meta_data: chunk }) => chunk?.num_values ?? 0n);
    if (!(group.num_rows >= 0n) || counts.some((count) => !(count >= group.num_rows))) {
      throw broken('a row group and its columns differ in their number of rows');
    }
  }
  const rows = metadata.row_groups.reduce((sum, { num_rows: count }) => sum + count, 0n);
  if (rows !== metadata.num_rows) throw broken('the row groups do not add up to the rows of the file');
  return metadata.row_groups.map((group) => {
    const end = start + Number(group.num_rows);
    const range = { start, end };
    start = end;
    return range;
  });
}

/** The columns of the file: the children of the root, nested ones as one column each. */
function topLevel(metadata: FileMetaData): SchemaElement[] {
  const columns: SchemaElement[] = [];
  let index = 1;
  const skip = (): void => {
    const children = metadata.schema[index++]?.num_children ?? 0;
    for (let i = 0; i < children; i++) skip();
  };
  while (index < metadata.schema.length) {
    const element = metadata.schema[index];
    if (element !== undefined) columns.push(element);
    skip();
  }
  return columns;
}

/** The part of a chunk that lies in `rowStart..rowEnd`. */
function cut(
  data: DecodedArray,
  first: number,
  rowStart: number,
  rowEnd: number,
): [data: DecodedArray, from: number, to: number] {
  return [data, Math.max(0, rowStart - first), Math.min(data.length, rowEnd - first)];
}

function keyValues(metadata: FileMetaData): Map<string, string> {
  // The Arrow schema that writers embed describes their file, not the table that was read from it.
  const pairs = (metadata.key_value_metadata ?? []).filter(({ key }) => key !== 'ARROW:schema');
  return new Map(pairs.map(({ key, value }) => [key, value ?? '']));
}

function broken(cause: unknown): ConversionError {
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the Parquet file is broken: ${reason}`, {
    cause,
  });
}

function noColumn(name: string, elements: readonly SchemaElement[]): ConversionError {
  const known = elements.slice(0, 20).map((element) => element.name);
  return new ConversionError(
    'ERR_PERF_CONVERT_NO_COLUMN',
    `there is no column ${shown(name)}; the columns are ${known.join(', ')}`,
  );
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
