/* Runs of equal words, and words that come from a small dictionary. */
import { SLOTS, SLOT_BITS } from '../src/columnar/kernels/layout';

/** Writes the value of each run of equal words, and its length; returns how many runs there are. */
export function runs32(from: usize, n: i32, values: usize, lengths: usize): i32 {
  let count = 0;
  let begun = 0;
  for (let i = 1; i <= n; i++) {
    const at = from + ((<usize>i) << 2);
    if (i < n && load<u32>(at) == load<u32>(at - 4)) continue;
    store<u32>(values + ((<usize>count) << 2), load<u32>(at - 4));
    store<u32>(lengths + ((<usize>count) << 2), i - begun);
    begun = i;
    count++;
  }
  return count;
}

export function runs64(from: usize, n: i32, values: usize, lengths: usize): i32 {
  let count = 0;
  let begun = 0;
  for (let i = 1; i <= n; i++) {
    const at = from + ((<usize>i) << 3);
    if (i < n && load<u64>(at) == load<u64>(at - 8)) continue;
    store<u64>(values + ((<usize>count) << 3), load<u64>(at - 8));
    store<u32>(lengths + ((<usize>count) << 2), i - begun);
    begun = i;
    count++;
  }
  return count;
}

/** Writes the runs out; returns whether they are `n` words together. */
export function expand32(values: usize, lengths: usize, runs: i32, n: i32, to: usize): i32 {
  let left = <u32>n;
  for (let i = 0; i < runs; i++) {
    const length = load<u32>(lengths + ((<usize>i) << 2));
    if (length > left) return 0;
    left -= length;
    const value = load<u32>(values + ((<usize>i) << 2));
    for (const end = to + ((<usize>length) << 2); to < end; to += 4) store<u32>(to, value);
  }
  return i32(left == 0);
}

export function expand64(values: usize, lengths: usize, runs: i32, n: i32, to: usize): i32 {
  let left = <u32>n;
  for (let i = 0; i < runs; i++) {
    const length = load<u32>(lengths + ((<usize>i) << 2));
    if (length > left) return 0;
    left -= length;
    const value = load<u64>(values + ((<usize>i) << 3));
    for (const end = to + ((<usize>length) << 3); to < end; to += 8) store<u64>(to, value);
  }
  return i32(left == 0);
}

/**
 * Writes for each word its number in a dictionary, which is written in the order of first appearance.
 * @returns how many entries the dictionary has, 0 when they would be more than `limit`
 */
export function index32(from: usize, n: i32, codes: usize, values: usize, limit: i32): i32 {
  memory.fill(SLOTS, 0, 2 << SLOT_BITS);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const value = load<u32>(from + ((<usize>i) << 2));
    let slot = (value * 0x9e3779b1) >> (32 - SLOT_BITS);
    let code: i32;
    while (true) {
      code = load<u16>(SLOTS + ((<usize>slot) << 1));
      if (code == 0 || load<u32>(values + ((<usize>(code - 1)) << 2)) == value) break;
      slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
    }
    if (code == 0) {
      if (count == limit) return 0;
      store<u32>(values + ((<usize>count) << 2), value);
      code = ++count;
      store<u16>(SLOTS + ((<usize>slot) << 1), code);
    }
    store<u32>(codes + ((<usize>i) << 2), code - 1);
  }
  return count;
}

export function index64(from: usize, n: i32, codes: usize, values: usize, limit: i32): i32 {
  memory.fill(SLOTS, 0, 2 << SLOT_BITS);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const value = load<u64>(from + ((<usize>i) << 3));
    const mixed = (<u32>value * 0x9e3779b1) ^ (<u32>(value >> 32) * 0x85ebca77);
    let slot = (mixed ^ (mixed >> 15)) & ((1 << SLOT_BITS) - 1);
    let code: i32;
    while (true) {
      code = load<u16>(SLOTS + ((<usize>slot) << 1));
      if (code == 0 || load<u64>(values + ((<usize>(code - 1)) << 3)) == value) break;
      slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
    }
    if (code == 0) {
      if (count == limit) return 0;
      store<u64>(values + ((<usize>count) << 3), value);
      code = ++count;
      store<u16>(SLOTS + ((<usize>slot) << 1), code);
    }
    store<u32>(codes + ((<usize>i) << 2), code - 1);
  }
  return count;
}

/** Writes the words that codes stand for; returns whether each is in the dictionary. In place where words are. */
export function lookup32(codes: usize, n: i32, values: usize, count: i32, to: usize): i32 {
  for (let i = 0; i < n; i++) {
    const code = load<u32>(codes + ((<usize>i) << 2));
    if (code >= <u32>count) return 0;
    store<u32>(to + ((<usize>i) << 2), load<u32>(values + ((<usize>code) << 2)));
  }
  return 1;
}

export function lookup64(codes: usize, n: i32, values: usize, count: i32, to: usize): i32 {
  for (let i = 0; i < n; i++) {
    const code = load<u32>(codes + ((<usize>i) << 2));
    if (code >= <u32>count) return 0;
    store<u64>(to + ((<usize>i) << 3), load<u64>(values + ((<usize>code) << 3)));
  }
  return 1;
}
