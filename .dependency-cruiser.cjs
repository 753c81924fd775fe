const { builtinModules } = require('node:module');

/** What decides: pure functions. */
const DOMAIN = '^services/[^/]+/src/domain/(?!.*\\.test\\.ts$)';

/** What only the outside world can answer. Contracts (with zod), errors and money (with its currencies) are no part of it. */
const OUTSIDE = [
  `^(node:)?(${builtinModules.join('|')})$`,
  '(^|/)node_modules/(?!zod/|dinero\\.js/)',
  '^shared/(src|dist)/(?!contracts/|errors\\.|money\\.)',
  '^services/[^/]+/src/(?!domain/)',
];

module.exports = {
  forbidden: [
    {
      name: 'shared-imports-no-service',
      comment: 'What all services stand on stands on none of them.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^services/' },
    },
    {
      name: 'services-meet-over-http',
      comment: 'A service knows of another only what the contracts say. Tests may start several.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'client-stands-alone',
      comment: 'It is published, and runs in browsers.',
      severity: 'error',
      from: { path: '^clients/(?!.*\\.test\\.ts$)' },
      to: { pathNot: '^clients/' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'What decides can be run anywhere, at any time: not even through others does it reach the outside world.',
      severity: 'error',
      from: { path: DOMAIN },
      to: { path: OUTSIDE, reachable: true },
    },
    {
      name: 'inner-parts-know-no-http',
      comment: 'Stores, events and calls are parts of every process, also of one that serves nothing.',
      severity: 'error',
      from: { path: '^shared/src/(contracts|events|resilience|store|telemetry)/(?!.*\\.test\\.ts$)' },
      to: { path: '^shared/(src|dist)/http/', reachable: true },
    },
    {
      name: 'answers-without-connections',
      comment: 'What holds a connection cannot be compared, nor reported when it is not what was expected.',
      severity: 'error',
      from: { pathNot: '^tests/support/answers\\.ts$|\\.fixture\\.ts$' },
      to: { path: '/supertest/' },
    },
    {
      name: 'no-circular',
      comment: 'Whoever reads a file can read what it stands on first; types are no exception.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere fails only when it is reached.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // What is written in JSX its parser cannot read: there the console's build sees to it.
    exclude: { path: '\\.(d\\.ts|tsx)$' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
