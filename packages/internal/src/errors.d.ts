/**
 * The base of every package's error class. It is bundled into each package, so `instanceof` does not cross package
 * borders: callers tell errors apart by `code`.
 */
export declare abstract class CodedError<Code extends string> extends Error {
    readonly code: Code;
    constructor(code: Code, message: string, options?: {
        cause?: unknown;
    });
}
/** How an option reader reports a bad value: each package passes the constructor of its own error. */
export type Refuse = (message: string) => Error;
/** A short, safe rendering of any value for an error message: never throws, never longer than 60 characters. */
export declare function shown(value: unknown): string;
