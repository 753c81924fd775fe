import { availableParallelism } from 'node:os';

/** Jest runs the TypeScript sources themselves, as ES modules. */
export default {
  testMatch: ['<rootDir>/{shared,clients,services,tests}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/', '/.data/'],
  testTimeout: 30_000,
  // Many wait more than they compute.
  maxWorkers: availableParallelism() + 1,
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' }],
  },
  moduleNameMapper: {
    '^@oms/shared/(.*)$': '<rootDir>/shared/src/$1.ts',
    '^@oms/client$': '<rootDir>/clients/typescript/src/index.ts',
  },
  coverageProvider: 'v8',
  // The console is covered by a browser's tests, which nobody counts.
  collectCoverageFrom: [
    'shared/src/**/*.ts',
    'clients/*/src/**/*.ts',
    'services/*/src/**/*.ts',
    '!services/console/**',
    '!**/*.{test,fixture}.ts',
  ],
  coverageDirectory: 'coverage',
  coverageThreshold: {
    global: { statements: 90 },
    './services/inventory/src/domain/stock.ts': { branches: 100 },
    './services/order/src/domain/order.ts': { branches: 100 },
    './services/order/src/domain/rules.ts': { branches: 100 },
    './services/order/src/runner/journal.ts': { branches: 100 },
    './services/order/src/domain/saga-progress.ts': { branches: 100 },
    './services/order/src/runner/run.ts': { branches: 100 },
    './services/payment/src/domain/payment.ts': { branches: 100 },
    './services/shipping/src/domain/shipment.ts': { branches: 100 },
  },
};
