import { shown } from '@perf/internal/errors';
import { invalidOption } from './cache-error.js';
import { type CachedConversion } from './entry.js';
import { compileGlob } from './glob.js';
import { textOf, type Address } from './key/cache-key.js';
import { readTags } from './call-options.js';

/**
 * What to remove: a glob over label and text key (`*` any number of characters, `?` exactly one, the rest literally),
 * a pattern over the same (trusted input: a bad pattern can take very long), any of some tags, or whatever a function
 * picks.
 */
export type InvalidationTarget<V> =
  string | RegExp | { readonly tags: readonly string[] } | ((entry: CachedConversion<V>) => boolean);

/** A target, read. */
export type Invalidation<V> =
  | { readonly by: 'name'; readonly matches: (address: Address) => boolean }
  | { readonly by: 'tags'; readonly tags: readonly string[] }
  | { readonly by: 'entry'; readonly matches: (entry: CachedConversion<V>) => boolean };

export function readInvalidation<V>(target: InvalidationTarget<V>): Invalidation<V> {
  if (typeof target === 'string') return { by: 'name', matches: byName(compileGlob(target)) };
  if (target instanceof RegExp) {
    // A copy, because a global or sticky pattern remembers where it stopped: each text is matched from its start.
    const pattern = new RegExp(target.source, target.flags);
    return {
      by: 'name',
      matches: byName((text) => {
        pattern.lastIndex = 0;
        return pattern.test(text);
      }),
    };
  }
  if (typeof target === 'function') return { by: 'entry', matches: target };
  const given: unknown = target;
  if (typeof given === 'object' && given !== null && 'tags' in given) {
    return { by: 'tags', tags: readTags(given.tags, 'tags') };
  }
  throw invalidOption(`invalidate takes a glob, a RegExp, { tags } or a function; given ${shown(given)}`);
}

function byName(test: (text: string) => boolean): (address: Address) => boolean {
  return ({ id, label }) => {
    const text = textOf(id);
    return test(label) || (text !== label && test(text));
  };
}

/** Whether a conversion under way is meant; a function, which can only judge entries, means all. */
export function concerns(
  invalidation: Invalidation<never>,
  { address, tags }: { readonly address: Address; readonly tags: readonly string[] },
): boolean {
  if (invalidation.by === 'name') return invalidation.matches(address);
  return invalidation.by === 'entry' || invalidation.tags.some((tag) => tags.includes(tag));
}

/** Which entries have which tag. */
export class TagIndex<E> {
  readonly #byTag = new Map<string, Set<E>>();

  add(entry: E, tags: readonly string[]): void {
    for (const tag of tags) {
      const entries = this.#byTag.get(tag);
      if (entries === undefined) this.#byTag.set(tag, new Set([entry]));
      else entries.add(entry);
    }
  }

  remove(entry: E, tags: readonly string[]): void {
    for (const tag of tags) {
      const entries = this.#byTag.get(tag);
      entries?.delete(entry);
      if (entries?.size === 0) this.#byTag.delete(tag);
    }
  }

  /** The entries that have at least one of the tags, each once. */
  find(tags: readonly string[]): Set<E> {
    return new Set(tags.flatMap((tag) => [...(this.#byTag.get(tag) ?? [])]));
  }
}
