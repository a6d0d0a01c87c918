import { CodedError } from '@perf/internal/errors';

export type SelectorErrorCode =
  | 'ERR_PERF_SELECTOR_INVALID_OPTION'
  | 'ERR_PERF_SELECTOR_INVALID_INPUT'
  | 'ERR_PERF_SELECTOR_BAD_STATE'
  | 'ERR_PERF_SELECTOR_UNREADABLE';

/** Every error of this package. */
export class SelectorError extends CodedError<SelectorErrorCode> {
  override readonly name = 'SelectorError';
}
