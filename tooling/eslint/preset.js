import tseslint from 'typescript-eslint';

const packages = ['benchmark', 'cache', 'compression', 'lazy', 'selector', 'shim-adapters'].map(
  (p) => `@perf/${p}`,
);

/** The rules of the house: strict and typed everywhere, no package reaching into another. */
export function house(root) {
  return tseslint.config(
    {
      ignores: ['**/dist/**', '**/node_modules/**', '**/.turbo/**', '**/*.js', '**/*.mjs', '**/assembly/**'],
    },
    ...tseslint.configs.strictTypeChecked,
    {
      languageOptions: {
        parserOptions: { projectService: true, tsconfigRootDir: root },
      },
      rules: {
        '@typescript-eslint/no-explicit-any': 'error',
        '@typescript-eslint/no-non-null-assertion': 'error',
        '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
        '@typescript-eslint/switch-exhaustiveness-check': [
          'error',
          { considerDefaultExhaustiveForUnions: true },
        ],
        '@typescript-eslint/restrict-template-expressions': 'error',
        '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
        '@typescript-eslint/unified-signatures': 'off',
        'no-restricted-syntax': [
          'error',
          {
            selector: "NewExpression[callee.name='Date'][arguments.length=0]",
            message: 'Take the time from an injected clock.',
          },
        ],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Take the time from an injected clock.' },
          { object: 'Math', property: 'random', message: 'Take randomness from an injected source.' },
        ],
        '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
        'object-shorthand': 'error',
        eqeqeq: 'error',
      },
    },
    {
      files: ['packages/*/src/**/*.ts'],
      ignores: ['packages/shim-adapters/src/optimize/suite.ts'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            paths: packages.map((name) => ({
              name,
              message: 'Packages stand alone: declare a port instead.',
            })),
          },
        ],
        'no-console': 'error',
      },
    },
    {
      files: ['**/test/**/*.ts', '**/bench/**/*.ts', 'tooling/**/*.ts', '**/*.config.ts', 'apps/**/*.ts'],
      rules: { 'no-restricted-syntax': 'off', 'no-restricted-properties': 'off' },
    },
    {
      files: ['**/test/**/*.ts'],
      rules: {
        '@typescript-eslint/no-confusing-void-expression': 'off',
        '@typescript-eslint/unbound-method': 'off',
      },
    },
  );
}
