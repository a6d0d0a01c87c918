import { describe, expect, it } from 'vitest';
import { DEFAULTS, OptimizationSelector } from '../src/index.js';
import { resolveOptions } from '../src/options.js';
import { refusal } from './refusal.js';

const make = (options: Record<string, unknown>): OptimizationSelector => new OptimizationSelector(options);

describe('the options of OptimizationSelector', () => {
  it('have defaults, also where undefined is given', () => {
    expect(resolveOptions()).toMatchObject({ explore: 0.005, seed: 1, intent: 'balanced' });
    expect(resolveOptions().models.map(({ name }) => name)).toEqual(DEFAULTS.strategies);
    expect(() => make({ explore: undefined, seed: undefined })).not.toThrow();
  });

  it('go to the ends of their ranges', () => {
    expect(resolveOptions({ explore: 0, seed: 0 })).toMatchObject({ explore: 0, seed: 0 });
    expect(resolveOptions({ explore: 0.5, seed: 2 ** 32 - 1 })).toMatchObject({
      explore: 0.5,
      seed: 2 ** 32 - 1,
    });
  });

  it.each([
    ['explore', -0.01],
    ['explore', 0.51],
    ['explore', Number.NaN],
    ['explore', '0.1'],
    ['explore', null],
    ['seed', -1],
    ['seed', 1.5],
    ['seed', 2 ** 32],
    ['seed', Number.NaN],
    ['seed', Infinity],
    ['seed', '1'],
    ['intent', 'slow'],
    ['strategies', []],
    ['schedule', 5],
    ['onError', 'log'],
    ['clock', {}],
  ])('refuse %s of %s', (field, given) => {
    expect(() => make({ [field]: given })).toThrow(refusal('OPTION', `${field} must be`));
  });

  it.each([{ computeMs: 0, copyMs: 1 }, { computeMs: 1, copyMs: Number.NaN }, { computeMs: 1 }])(
    'refuse a machine of %j',
    (machine) => {
      expect(() => make({ machine })).toThrow(refusal('OPTION', 'machine.', 'above 0'));
    },
  );

  it('refuse what they do not know', () => {
    expect(() => make({ exlpore: 0 })).toThrow(
      refusal(
        'OPTION',
        "unknown option 'exlpore'",
        'known options are strategies, state, intent, explore, seed',
      ),
    );
  });
});
