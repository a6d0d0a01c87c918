/** A source of time: milliseconds that never go backwards, from any origin. Tests pass their own. */
export interface Clock {
    now(): number;
}
/** The process's monotonic clock. */
export declare const systemClock: Clock;
