import { formatBytes, parseBytes } from '@perf/internal/bytes';
import { shown } from '@perf/internal/errors';
import type { ConvertOptions } from './adapter.js';
import { ConversionError, refuseOption } from './errors.js';
import type { ConversionResult } from './result.js';

/** Warnings that tell of names, types or key/value pairs that did not come along. */
const METADATA_LOSSES: ReadonlySet<string> = new Set([
  'metadata-dropped',
  'columns-dropped',
  'rows-dropped',
  'column-renamed',
  'timezone-as-utc',
  'null-as-text',
]);

/** Refuses requirements that no result can be measured against, before any work. */
export function checkRequirements({ minQuality, maxBytes = Infinity }: ConvertOptions): void {
  parseBytes(maxBytes, 'maxBytes', refuseOption, true);
  if (minQuality === undefined || (minQuality >= 0 && minQuality <= 1)) return;
  throw refuseOption(`minQuality must be a share from 0 to 1; given ${shown(minQuality)}`);
}

/**
 * Gives the result back when it is what the caller asked for.
 * @throws ConversionError `ERR_PERF_CONVERT_QUALITY_DEGRADED`, `..._METADATA_LOSS`, `..._MEMORY_EXCEEDED`
 */
export function requireResult<T extends ConversionResult>(result: T, options: ConvertOptions): T {
  const { minQuality = 0, keepMetadata = false, maxBytes = Infinity } = options;
  const lossy = result.warnings.filter((warning) => warning.lossy);
  if (result.quality < minQuality) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_QUALITY_DEGRADED',
      `the result has quality ${String(result.quality)}, less than the ${String(minQuality)} of minQuality: ${texts(lossy)}`,
    );
  }
  const dropped = result.warnings.filter(({ code }) => METADATA_LOSSES.has(code));
  if (keepMetadata && dropped.length > 0) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_METADATA_LOSS',
      `the target cannot carry all metadata: ${texts(dropped)}; choose another format or leave out keepMetadata`,
    );
  }
  const allowed = parseBytes(maxBytes, 'maxBytes', refuseOption, true);
  if (result.bytes > allowed) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
      `the result holds ${formatBytes(result.bytes)}, more than the ${formatBytes(allowed)} of maxBytes; select columns or rows, stream it, or raise maxBytes`,
    );
  }
  return result;
}

function texts(warnings: ConversionResult['warnings']): string {
  const shownFirst = warnings.slice(0, 3).map(({ code, column, count }) => {
    const where = column === undefined ? '' : ` in ${shown(column)}`;
    return `${code}${where} (${String(count)})`;
  });
  const more = warnings.length > 3 ? ` and ${String(warnings.length - 3)} more` : '';
  return `${shownFirst.join(', ')}${more}`;
}
