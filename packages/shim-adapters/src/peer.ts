import { ConversionError } from './errors.js';

/**
 * Loads an optional peer on first use.
 * @throws ConversionError `ERR_PERF_CONVERT_MISSING_PEER` that names what to install
 */
export async function loadPeer<T>(names: string, load: () => Promise<T>, purpose: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_MISSING_PEER',
      `${purpose} needs ${names}, which could not be loaded; install it with: npm install ${names}`,
      { cause },
    );
  }
}
