/** Jest runs the TypeScript sources themselves, as ES modules. */
export default {
  testMatch: ['<rootDir>/{shared,services,tests}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 30_000,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' }],
  },
  moduleNameMapper: { '^@oms/shared/(.*)$': '<rootDir>/shared/src/$1.ts' },
  coverageProvider: 'v8',
  collectCoverageFrom: ['shared/src/**/*.ts', 'services/*/src/**/*.ts', '!**/*.test.ts', '!**/dist/**'],
  coverageDirectory: 'coverage',
};
