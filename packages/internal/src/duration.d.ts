import { type Refuse } from './errors.js';
/** A length of time: milliseconds, or text such as `'250ms'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`. */
export type Duration = number | string;
/** Reads a duration into milliseconds. `Infinity` ("never") is allowed only where `endless` says so. */
export declare function parseDuration(value: Duration, field: string, refuse: Refuse, endless?: boolean): number;
/** `1234` as `'1.23 s'`: three significant digits, from nanoseconds to hours. */
export declare function formatDuration(ms: number): string;
