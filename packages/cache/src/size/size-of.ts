import { isContainer } from './container.js';
import { Measurement } from './measurement.js';
import { primitiveBytes } from './v8-layout.js';

/**
 * The bytes of memory that a value keeps alive, modelled on V8's layout of objects: within 10 % of the growth of the
 * heap for rows of one shape, texts, typed arrays and Arrow tables, within 20 % for maps, sets and objects that are
 * hash tables (held to on Node 20 by test/size/heap-growth.test.ts; measured on 22 and 24).
 *
 * Every object that can be reached through elements, members of maps and sets, and own enumerable properties, symbols
 * among them, is visited once, however often it is shared and whatever cycles it is part of; a view counts the whole
 * buffer it looks into, a `Buffer` from the pool the whole pool. A small integer, a boolean, `null` and `undefined` are
 * part of the reference to them: 0 bytes.
 *
 * Of texts the length is always read. Sampled are, beyond the first 4,096, whether one of up to 1,024 characters needs
 * two bytes for each (one of 16 is looked into, at pseudo-random gaps), and beyond 2,048 different ones, how many
 * different texts of up to ten characters there are (those with certain hashes stand for the rest). Equal texts of up
 * to ten characters are taken to be one text in memory, as `JSON.parse` makes them; longer ones count each time.
 *
 * What no program can see is not counted: what functions close over, private fields, the contents of weak collections,
 * the stack of an error, spare room in lists and objects that grew, the text that a part was cut from, the pieces of a
 * concatenation that nobody has read yet. Nor can an object tell how it was built: `{ ...row, more }` may be given room
 * for many properties, and more than some 19 properties set under computed names become a hash table, up to five times
 * as large. A map, set or buffer that was given the prototype of plain objects and properties of its own is taken for a
 * plain object. Own getters are called; one that throws counts nothing.
 *
 * Cost, the best of 20 calls on values that were measured before, beside other work on 2 cores of an AMD EPYC: 50,000
 * rows of ten fields, three of them texts, 15 ms on Node 20 and 12 ms on Node 24, about a third of it on Node 20 to ask
 * each row for symbols; 5 ms more if no number in the rows rises or falls from each to the next, which tells that they
 * are different objects, and 45 ms in all if they lie scattered in memory too; a text, a number 0.03 us, a small object
 * or list 0.3 to 0.7 us, a typed array 2 us.
 */
export function sizeOf(value: unknown): number {
  return isContainer(value) ? new Measurement().of(value) : primitiveBytes(value);
}
