import { formatBytes, parseBytes } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { formatDuration, parseDuration } from '@perf/internal/duration';
import type { ConvertOptions } from './adapter.js';
import type { StepContext } from './define-adapter.js';
import { ConversionError, refuseOption, throwIfAborted } from './errors.js';
import type { Losses } from './losses.js';

/** What bounds one conversion: the caller's signal, its timeout and the bytes that its result may hold. */
export class Bounds {
  /** Aborted by the caller, or when the time is over. */
  readonly signal: AbortSignal | undefined;
  readonly #options: ConvertOptions;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #started: number;
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout | undefined;

  /** @throws ConversionError `ERR_PERF_CONVERT_INVALID_OPTION` */
  constructor(options: ConvertOptions) {
    const { clock = systemClock, signal, timeout = Infinity, maxBytes = Infinity } = options;
    this.#options = options;
    this.#clock = clock;
    this.#timeoutMs = parseDuration(timeout, 'timeout', refuseOption, true);
    this.#started = this.#timeoutMs === Infinity ? 0 : clock.now();
    this.#maxBytes = parseBytes(maxBytes, 'maxBytes', refuseOption, true);
    this.signal = signal;
    // A timer cannot fire during synchronous work, a look at the clock cannot end a wait: it takes both.
    if (this.#timeoutMs <= MAX_TIMER_MS) {
      const controller = new AbortController();
      this.#timer = setTimeout(() => {
        controller.abort(this.#tooLate());
      }, this.#timeoutMs);
      this.#timer.unref();
      this.signal = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
    }
  }

  /** @throws ConversionError `ERR_PERF_CONVERT_ABORTED`, `..._TIMEOUT` or `..._MEMORY_EXCEEDED` */
  checkpoint(heldBytes = 0): void {
    throwIfAborted(this.signal);
    if (this.#timeoutMs < Infinity && this.#clock.now() - this.#started > this.#timeoutMs)
      throw this.#tooLate();
    if (heldBytes <= this.#maxBytes) return;
    throw new ConversionError(
      'ERR_PERF_CONVERT_MEMORY_EXCEEDED',
      `the result holds ${formatBytes(heldBytes)}, more than the ${formatBytes(this.#maxBytes)} of maxBytes; select columns or rows, stream it, or raise maxBytes`,
    );
  }

  context(losses: Losses): StepContext {
    const { signal } = this;
    return {
      ...this.#options,
      ...(signal === undefined ? {} : { signal }),
      losses,
      checkpoint: (heldBytes) => {
        this.checkpoint(heldBytes);
      },
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #tooLate(): ConversionError {
    return new ConversionError(
      'ERR_PERF_CONVERT_TIMEOUT',
      `the conversion took longer than its timeout of ${formatDuration(this.#timeoutMs)}; raise timeout, or convert less`,
    );
  }
}

const MAX_TIMER_MS = 2 ** 31 - 1;
