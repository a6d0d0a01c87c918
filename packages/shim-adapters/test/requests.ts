import { arrowAdapter } from '../src/arrow/adapter.js';
import { defaultRegistry } from '../src/default-registry.js';
import { ConversionError } from '../src/errors.js';
import { msgpackAdapter } from '../src/msgpack/adapter.js';
import { parquetAdapter } from '../src/parquet/adapter.js';
import type { AdapterRegistry } from '../src/registry.js';
import type { AnyRequest, ConversionOptions, Format } from '../src/request.js';
import { ColumnTable } from '../src/table/column-table.js';

/** A registry of every format of the package. */
export function fullRegistry(): AdapterRegistry {
  return defaultRegistry().register(arrowAdapter()).register(parquetAdapter()).register(msgpackAdapter());
}

/** A request on a value whose format is known only at run time. */
export function request(
  from: Format,
  to: Format,
  value: unknown,
  rest: { columns?: readonly string[]; options?: ConversionOptions; metadata?: AnyRequest['metadata'] } = {},
): AnyRequest {
  const { metadata, ...others } = rest;
  const source: AnyRequest['source'] = { value };
  return { source, from, to, ...others, ...(metadata === undefined ? {} : { metadata }) };
}

/** The data of a result that must be a table. */
export function tableIn({ data }: { readonly data: unknown }): ColumnTable {
  if (data instanceof ColumnTable) return data;
  throw new TypeError('the result is not a ColumnTable');
}

/** The text of a result that must be bytes. */
export function textIn({ data }: { readonly data: unknown }): string {
  if (data instanceof Uint8Array) return Buffer.from(data).toString('utf8');
  throw new TypeError('the result is not bytes');
}

/** The ConversionError that `run` ends in. */
export async function failure(run: () => unknown): Promise<ConversionError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof ConversionError) return error;
    throw error;
  }
  throw new Error('expected a ConversionError; nothing was thrown');
}
