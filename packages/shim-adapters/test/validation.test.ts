import { describe, expect, test } from 'vitest';
import { defaultRegistry } from '../src/default-registry.js';
import type { AnyRequest } from '../src/request.js';
import { validateRequest } from '../src/validation.js';
import { failure } from './requests.js';

/** A request as a program without types would send it. */
function loose(fields: object): AnyRequest {
  const request: AnyRequest = { source: { value: 'a\n1\n' }, from: 'csv', to: 'columns' };
  return Object.assign({ ...request }, fields);
}

function problems(fields: object): readonly string[] {
  const checked = validateRequest(loose(fields));
  return checked.valid ? [] : checked.problems;
}

test('a good request has no problems', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ columns: [], options: { offset: 0, limit: 0 } })).toEqual([]);
});

test.each<[string, object, RegExp]>([
  [
    'a bare text as source, which could be a path or a value',
    { source: 'file.csv' },
    /given 'file\.csv'; write \{ path \} or \{ value \}/,
  ],
  ['no source', { source: undefined }, /source must be an object.*undefined/],
  ['null as source', { source: null }, /source must be an object.*null/],
  [
    'a source without a tag',
    { source: { file: 'x' } },
    /exactly one of value, path, url, stream; given none/,
  ],
  ['a source with two tags', { source: { value: 'x', path: 'y' } }, /given value and path/],
  ['an inherited tag', { source: Object.create({ value: 'x' }) as object }, /given none/],
  ['an empty path', { source: { path: '' } }, /source\.path must be a text/],
  ['a path that is no text', { source: { path: 5 } }, /source\.path must be a text; given 5/],
  ['a url that is no text', { source: { url: new URL('http://x') } }, /source\.url must be a text/],
  ['an undefined value', { source: { value: undefined } }, /source\.value is undefined/],
  ['no from', { from: undefined }, /from must name a format; given undefined/],
  ['an empty to', { to: '' }, /to must name a format; given ''/],
  ['columns that are a text', { columns: 'a' }, /columns must be an array of names; given 'a'/],
  ['columns with something else in them', { columns: ['a', 1] }, /columns must be an array of names/],
  ['a column twice', { columns: ['a', 'a'] }, /columns names a column twice/],
  ['a negative offset', { options: { offset: -1 } }, /options\.offset must be a whole number.*-1/],
  ['a broken offset', { options: { offset: 0.5 } }, /options\.offset/],
  ['an offset as text', { options: { offset: '1' } }, /options\.offset.*'1'/],
  ['NaN as limit', { options: { limit: NaN } }, /options\.limit.*NaN/],
  ['Infinity as limit', { options: { limit: Infinity } }, /options\.limit/],
  ['a limit beyond the safe integers', { options: { limit: 2 ** 53 } }, /options\.limit/],
])('%s is a problem', (_what, fields, message) => {
  const found = problems(fields);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(message);
});

test('all problems are told at once, before any work', async () => {
  const bad = loose({ source: 'x', to: '', columns: 1 });
  const error = await failure(() => defaultRegistry().convert(bad));
  expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
  expect(error.message.split('; ').length).toBeGreaterThanOrEqual(3);
  expect((await failure(() => defaultRegistry().path(bad))).code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
});

describe('problems never throw themselves', () => {
  test.each([Symbol('s'), 10n, () => 1, 'x'.repeat(1000), []])('given %s', (value) => {
    for (const field of ['source', 'from', 'columns'] as const) {
      for (const problem of problems({ [field]: value })) expect(problem.length).toBeLessThan(250);
    }
  });
});
