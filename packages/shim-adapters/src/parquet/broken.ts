import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';

/** What went wrong with the bytes of a file as an error of this package. */
export function broken(cause: unknown, column?: string): ConversionError {
  if (cause instanceof ConversionError) return cause;
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  const where = column === undefined ? '' : `column ${shown(column)} `;
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the Parquet file is broken: ${where}${reason}`, {
    cause,
  });
}
