import { NULL as CSV_NULL, PLAIN } from '../csv/field-block.js';

/** What stands in a cell of JSON. Text without escapes and nulls are as in CSV, so that its columns read them, too. */
export const TEXT: number = PLAIN;
export const NULL: number = CSV_NULL;
export const NUMBER = 4;
export const TRUE = 5;
export const FALSE = 6;
/** Text with escapes to be undone. */
export const ESCAPED_TEXT = 7;
/** An object or an array. */
export const NESTED = 8;
