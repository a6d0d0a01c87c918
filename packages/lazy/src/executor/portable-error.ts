/**
 * Errors that keep their meaning between threads. Structured clone drops an error's `code`, its own fields and the
 * name of a class it does not know, and it fails altogether on a function anywhere inside; so errors travel as
 * records of what can be kept.
 */
import { shown } from '@perf/internal/errors';
import { LazyError, type LazyErrorCode } from '../errors.js';

type Primitive = string | number | bigint | boolean | null | undefined;

interface ErrorRecord {
  readonly kind: 'error';
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** `code`, `errno`, `syscall` and the like: an error's own fields, as far as they are plain values. */
  readonly fields: readonly (readonly [string, Primitive])[];
  readonly cause: PortableError | undefined;
  readonly errors: readonly PortableError[] | undefined;
}

/** Anything that was thrown, in a form that structured clone always accepts. */
export type PortableError = ErrorRecord | { readonly kind: 'value'; readonly value: unknown };

// A chain of causes may be a circle.
const DEEPEST = 8;
const WIDEST = 64;

/** Makes anything that was thrown ready to be posted. Never throws. */
export function packError(thrown: unknown, depth = 0): PortableError {
  try {
    return thrown instanceof Error
      ? packRecord(thrown, depth)
      : { kind: 'value', value: structuredClone(thrown) };
  } catch {
    return { kind: 'value', value: describe(thrown) };
  }
}

/** The error again, on the other side: same name, message, stack, code, plain fields and cause. */
export function unpackError(packed: PortableError): unknown {
  if (packed.kind === 'value') return packed.value;
  const error = construct(packed);
  define(error, 'stack', packed.stack);
  if (error.name !== packed.name) define(error, 'name', packed.name);
  for (const [field, value] of packed.fields) {
    if (!(error instanceof LazyError && field === 'code')) define(error, field, value, true);
  }
  return error;
}

function packRecord(error: Error, depth: number): ErrorRecord {
  const deeper = depth < DEEPEST;
  const { cause } = error;
  const errors: unknown = error instanceof AggregateError ? error.errors : undefined;
  return {
    kind: 'error',
    name: asText(error.name),
    message: asText(error.message),
    stack: typeof error.stack === 'string' ? error.stack : undefined,
    fields: plainFields(error),
    cause: cause !== undefined && deeper ? packError(cause, depth + 1) : undefined,
    errors:
      Array.isArray(errors) && deeper
        ? errors.slice(0, WIDEST).map((each: unknown) => packError(each, depth + 1))
        : undefined,
  };
}

function plainFields(error: Error): [string, Primitive][] {
  const fields: [string, Primitive][] = [];
  // `code` is looked up apart, because a class may declare it as a getter.
  if ('code' in error && isPrimitive(error.code)) fields.push(['code', error.code]);
  for (const [field, value] of Object.entries(error) as [string, unknown][]) {
    if (isPrimitive(value) && !['code', 'name', 'message', 'stack'].includes(field))
      fields.push([field, value]);
  }
  return fields;
}

function construct(packed: ErrorRecord): Error {
  const options = packed.cause === undefined ? undefined : { cause: unpackError(packed.cause) };
  const code = packed.fields.find(([field]) => field === 'code')?.[1];
  if (packed.name === 'LazyError' && isLazyCode(code)) return new LazyError(code, packed.message, options);
  if (packed.errors !== undefined) {
    return new AggregateError(packed.errors.map(unpackError), packed.message, options);
  }
  const Kind = STANDARD.find((kind) => kind.name === packed.name) ?? Error;
  return new Kind(packed.message, options);
}

const STANDARD: readonly ErrorConstructor[] = [
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  URIError,
  EvalError,
];

function isLazyCode(code: unknown): code is LazyErrorCode {
  return typeof code === 'string' && code.startsWith('ERR_PERF_LAZY_');
}

function isPrimitive(value: unknown): value is Primitive {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value);
}

function define(error: Error, field: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, field, { value, enumerable, writable: true, configurable: true });
}

/** An error's fields are text only by convention. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : describe(value);
}

function describe(thrown: unknown): string {
  try {
    return shown(thrown);
  } catch {
    return 'a value that cannot be shown';
  }
}
