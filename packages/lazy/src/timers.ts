/** A source of timers. Tests pass their own and fire them by hand. */
export interface Timers {
  /** Calls `run` every `ms` milliseconds until the returned function is called. Must not keep the process alive. */
  every(ms: number, run: () => void): () => void;
  /** Calls `run` once, after `ms` milliseconds, unless the returned function is called before. Somebody waits for it. */
  after(ms: number, run: () => void): () => void;
}

// Node turns a longer delay into one of 1 ms.
const LONGEST = 2 ** 31 - 1;

/** Node's timers; the repeating ones do not keep the process alive. */
export const systemTimers: Timers = {
  every(ms, run) {
    const timer = setInterval(run, Math.min(Math.max(ms, 1), LONGEST)).unref();
    return () => {
      clearInterval(timer);
    };
  },
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 1), LONGEST));
    return () => {
      clearTimeout(timer);
    };
  },
};
