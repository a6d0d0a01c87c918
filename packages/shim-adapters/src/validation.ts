import { shown } from '@perf/internal/errors';
import type { ValidationResult } from './adapter.js';
import { resolveLimits } from './limits.js';
import type { AnyRequest, ConversionOptions } from './request.js';

const SOURCE_TAGS = ['value', 'path', 'url', 'stream'] as const;

const OPTIONS: Readonly<Record<keyof ConversionOptions, true>> = {
  offset: true,
  limit: true,
  delimiter: true,
  header: true,
  nullTokens: true,
  types: true,
  bigint: true,
  escapeFormulas: true,
  exactIntegers: true,
  ipc: true,
  limits: true,
  dtype: true,
  order: true,
  sparse: true,
  timeColumn: true,
  frequency: true,
  timeOrder: true,
};
const FLAGS = ['bigint', 'escapeFormulas', 'exactIntegers'] as const;
const CHOICES = {
  ipc: ['stream', 'file'],
  order: ['row-major', 'column-major'],
  sparse: ['coo', 'csr', 'csc'],
  timeOrder: ['ascending', 'descending'],
} as const;

/**
 * Checks a request before any work: its source, formats, columns and options. All problems are told at once.
 * @param further names of options that an adapter understands beyond those of `ConversionOptions`
 */
export function validateRequest(request: AnyRequest, further: readonly string[] = []): ValidationResult {
  const problems = [
    ...sourceProblems(request.source),
    ...formatProblems('from', request.from),
    ...formatProblems('to', request.to),
    ...columnProblems(request.columns),
    ...rangeProblems('offset', request.options?.offset),
    ...rangeProblems('limit', request.options?.limit),
    ...optionProblems(request.options, further),
  ];
  return problems.length === 0 ? { valid: true } : { valid: false, problems };
}

function sourceProblems(source: unknown): string[] {
  if (typeof source !== 'object' || source === null) {
    const hint = typeof source === 'string' ? '; write { path } or { value } to say which one a text is' : '';
    return [`source must be an object with value, path, url or stream; given ${shown(source)}${hint}`];
  }
  const tags = SOURCE_TAGS.filter((tag) => Object.hasOwn(source, tag));
  const [tag] = tags;
  if (tag === undefined || tags.length > 1) {
    return [
      `source must have exactly one of value, path, url, stream; given ${tags.join(' and ') || 'none'}`,
    ];
  }
  const content: unknown = Reflect.get(source, tag);
  if ((tag === 'path' || tag === 'url') && (typeof content !== 'string' || content === '')) {
    return [`source.${tag} must be a text; given ${shown(content)}`];
  }
  if (tag === 'value' && content === undefined) return ['source.value is undefined'];
  return [];
}

function formatProblems(field: string, format: unknown): string[] {
  return typeof format === 'string' && format !== ''
    ? []
    : [`${field} must name a format; given ${shown(format)}`];
}

function columnProblems(columns: unknown): string[] {
  if (columns === undefined) return [];
  if (!Array.isArray(columns) || columns.some((name) => typeof name !== 'string')) {
    return [`columns must be an array of names; given ${shown(columns)}`];
  }
  return new Set(columns).size === columns.length ? [] : ['columns names a column twice'];
}

function optionProblems(options: ConversionOptions = {}, further: readonly string[]): string[] {
  const known = [...Object.keys(OPTIONS), ...further];
  const problems = Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => `unknown option ${shown(name)}; known options are ${known.join(', ')}`);
  for (const name of FLAGS) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'boolean') {
      problems.push(`options.${name} must be true or false; given ${shown(value)}`);
    }
  }
  problems.push(...limitProblems(options.limits));
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined && !choices.some((choice) => choice === value)) {
      problems.push(`options.${name} must be one of ${choices.join(', ')}; given ${shown(value)}`);
    }
  }
  return problems;
}

function limitProblems(limits: unknown): string[] {
  if (limits === undefined) return [];
  if (typeof limits !== 'object' || limits === null) {
    return [`options.limits must be an object; given ${shown(limits)}`];
  }
  try {
    resolveLimits(limits);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function rangeProblems(field: string, value: unknown): string[] {
  if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0))
    return [];
  return [`options.${field} must be a whole number of rows, 0 or more; given ${shown(value)}`];
}
