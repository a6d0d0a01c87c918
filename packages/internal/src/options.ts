import { shown, type Refuse } from './errors.js';

/** Refuses any field that is not known, so that a misspelt option never passes silently. */
export function refuseUnknown(options: object, known: readonly string[], refuse: Refuse): void {
  for (const field of Object.keys(options)) {
    if (!known.includes(field)) {
      throw refuse(`unknown option ${shown(field)}; known options are ${known.join(', ')}`);
    }
  }
}

/** Reads a whole number within `min..max`; `Infinity` passes where `max` is `Infinity`. */
export function parseCount(
  value: unknown,
  field: string,
  refuse: Refuse,
  { min = 1, max = Infinity }: { min?: number; max?: number } = {},
): number {
  const whole = typeof value === 'number' && (Number.isInteger(value) || value === Infinity);
  if (whole && value >= min && value <= max) return value;
  const range = max === Infinity ? `of at least ${String(min)}` : `from ${String(min)} to ${String(max)}`;
  throw refuse(`${field} must be a whole number ${range}; given ${shown(value)}`);
}

/** Reads one of a closed set of words. */
export function parseChoice<T extends string>(
  value: unknown,
  field: string,
  choices: readonly T[],
  refuse: Refuse,
): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw refuse(`${field} must be one of ${choices.map((c) => `'${c}'`).join(', ')}; given ${shown(value)}`);
}
