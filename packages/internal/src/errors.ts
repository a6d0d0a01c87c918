/**
 * The base of every package's error class. It is bundled into each package, so `instanceof` does not cross package
 * borders: callers tell errors apart by `code`.
 */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** How an option reader reports a bad value: each package passes the constructor of its own error. */
export type Refuse = (message: string) => Error;

/** A short, safe rendering of any value for an error message: never throws, never longer than 60 characters. */
export function shown(value: unknown): string {
  let text: string;
  if (typeof value === 'string') text = `'${value}'`;
  else if (typeof value === 'bigint') text = `${String(value)}n`;
  else if (typeof value === 'function') text = 'a function';
  else if (value === null || typeof value !== 'object') text = Object.is(value, -0) ? '-0' : String(value);
  else text = Array.isArray(value) ? 'an array' : 'an object';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
