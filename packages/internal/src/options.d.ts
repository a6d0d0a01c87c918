import { type Refuse } from './errors.js';
/** Refuses any field that is not known, so that a misspelt option never passes silently. */
export declare function refuseUnknown(options: object, known: readonly string[], refuse: Refuse): void;
/** Reads a whole number within `min..max`; `Infinity` passes where `max` is `Infinity`. */
export declare function parseCount(value: unknown, field: string, refuse: Refuse, { min, max }?: {
    min?: number;
    max?: number;
}): number;
/** Reads one of a closed set of words. */
export declare function parseChoice<T extends string>(value: unknown, field: string, choices: readonly T[], refuse: Refuse): T;
