/**
 * The same conversions as people write them by hand with the libraries alone: hyparquet, hyparquet-writer,
 * flechette, papaparse and JSON. Each reads only the rows and columns that are asked for, where its library can.
 */
import { tableFromArrays, tableFromIPC, tableToIPC, type Table } from '@uwdata/flechette';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import Papa from 'papaparse';
import { DATASETS } from '../datasets.js';
import type { ServedRequest, Target } from '../workload.js';

type Row = Record<string, unknown>;
type Arrays = Record<string, unknown[]>;

export async function convertPlainly(request: ServedRequest, bytes: Uint8Array): Promise<unknown> {
  return rowsTo(request.to, await readRows(request, bytes));
}

async function readRows(request: ServedRequest, bytes: Uint8Array): Promise<Row[]> {
  const { columns, offset = 0, limit = Infinity } = request;
  switch (DATASETS[request.dataset]) {
    case 'parquet':
      return readParquet(bytes, columns, offset, limit);
    case 'json':
      return picked(parsedJson(bytes).slice(offset, offset + limit), columns);
    case 'csv':
      return picked(parsedCsv(bytes).slice(offset, offset + limit), columns);
    case 'arrow-ipc': {
      const table: Table = tableFromIPC(bytes.slice());
      const narrow = columns === undefined ? table : table.select([...columns]);
      return narrow.toArray().slice(offset, offset + limit);
    }
  }
}

async function readParquet(
  bytes: Uint8Array,
  columns: readonly string[] | undefined,
  rowStart: number,
  limit: number,
): Promise<Row[]> {
  const file = bytes.slice().buffer;
  const metadata = await parquetMetadataAsync(file);
  const rowEnd = Math.min(Number(metadata.num_rows), rowStart + limit);
  return parquetReadObjects({
    file,
    metadata,
    compressors,
    rowStart,
    rowEnd,
    ...(columns === undefined ? {} : { columns: [...columns] }),
  });
}

function parsedJson(bytes: Uint8Array): Row[] {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return Array.isArray(value) ? value.filter(isRow) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

function parsedCsv(bytes: Uint8Array): Row[] {
  const text = new TextDecoder().decode(bytes);
  return Papa.parse<Row>(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data;
}

function picked(rows: Row[], columns: readonly string[] | undefined): Row[] {
  if (columns === undefined) return rows;
  return rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])));
}

function rowsTo(target: Target, rows: Row[]): unknown {
  switch (target) {
    case 'csv':
      return Papa.unparse(rows);
    case 'json':
      return JSON.stringify(rows, exact);
    case 'ndjson':
      return rows.map((row) => JSON.stringify(row, exact)).join('\n');
    case 'columns':
      return arraysOf(rows);
    case 'arrow':
      return tableFromArrays(unmixed(arraysOf(rows)));
    case 'arrow-ipc':
      return tableToIPC(tableFromArrays(unmixed(arraysOf(rows))), {});
    case 'parquet':
      return parquetWriteBuffer({ columnData: columnData(unmixed(arraysOf(rows))) });
  }
}

function arraysOf(rows: readonly Row[]): Arrays {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
}

/** The types are said outright: hyparquet-writer guesses them from the first thousand values, nulls included. */
function columnData(arrays: Arrays): { name: string; data: unknown[]; type: ParquetType }[] {
  return Object.entries(arrays).map(([name, data]) => ({ name, data, type: parquetType(data) }));
}

type ParquetType = 'BOOLEAN' | 'INT32' | 'INT64' | 'DOUBLE' | 'TIMESTAMP' | 'STRING';

function parquetType(data: readonly unknown[]): ParquetType {
  const present = data.filter((value) => value !== null && value !== undefined);
  const [first] = present;
  if (typeof first === 'boolean') return 'BOOLEAN';
  if (typeof first === 'bigint') return 'INT64';
  if (first instanceof Date) return 'TIMESTAMP';
  if (typeof first !== 'number') return 'STRING';
  return present.every((value) => Number(value) === (Number(value) | 0)) ? 'INT32' : 'DOUBLE';
}

/** Both writers refuse columns that mix text and numbers, so such columns are written as text. */
function unmixed(arrays: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => {
      const present = data.filter((value) => value !== null && value !== undefined);
      const kinds = new Set(present.map((value) => typeof value));
      return [name, kinds.size > 1 ? data.map(asText) : data];
    }),
  );
}

function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** JSON has no bigint; the exact digits need a text. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
