import { type Refuse } from './errors.js';
/** A size: a whole number of bytes, or text such as `'500MB'`, `'1.5 GB'`, `'64kb'`, `'10 B'` (1 KB = 1024 bytes). */
export type ByteSize = number | string;
/** Reads a size. `Infinity` means "no limit" and is allowed only where `unlimited` says so. */
export declare function parseBytes(value: ByteSize, field: string, refuse: Refuse, unlimited?: boolean): number;
/** `1536` as `'1.5 KB'`: three significant digits, for tables and messages. */
export declare function formatBytes(bytes: number): string;
