import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import {
  getChaos,
  getEventFeed,
  getHealth,
  getLivez,
  getMetrics,
  getReadyz,
  type Health,
  putChaos,
} from '@oms/shared/contracts/service';
import { atLeast, matching } from '../matcher.ts';
import { alsoSays, type Folder, folder, type Service, type Step, says, step, stray, using } from '../step.ts';

export const healthCheck = (at: Service, ...dependencies: string[]): Step =>
  step(getHealth, 'Health Check', `Whether the ${at} service works, and how it finds those it depends on.`, {
    at,
    expect: [
      says(`the ${at} service is up`, 200, {
        body: { service: at, version: matching(/^\d+\.\d+\.\d+/), uptimeSeconds: atLeast(0) },
      }),
      alsoSays('it is degraded only while one of its breakers is not closed', {
        check: using(({ status, dependencies: found }: Health, wanted: string[]) => {
          const isTroubled = Object.values(found).some((state) => ['OPEN', 'HALF_OPEN'].includes(String(state)));
          pm.expect(status).to.equal(isTroubled ? 'DEGRADED' : 'UP');
          pm.expect(Object.keys(found)).to.include.members(wanted);
        }, dependencies),
      }),
    ],
  });

/** What the service measures beside its requests. */
export const everyService = (at: Service, ...metrics: string[]): Folder =>
  folder('What every service has', `Liveness, readiness, metrics, documents and chaos switch of the ${at} service.`, [
    step(getLivez, 'Liveness', 'Whether the process should be kept.', {
      at,
      expect: says('the process lives', 200, { body: { status: 'LIVE' } }),
    }),
    step(getReadyz, 'Readiness', 'Whether requests may come: not while it starts, drains or lacks its store.', {
      at,
      expect: says('requests may be sent here', 200, { body: { status: 'READY' } }),
    }),
    step(getMetrics, 'Metrics', 'What Prometheus scrapes.', {
      at,
      expect: [
        says('the metrics are in the text format of Prometheus', 200, {
          headers: { 'Content-Type': matching(/^text\/plain/) },
        }),
        alsoSays('all that is promised is measured', {
          check: using(
            (scraped: string, wanted: string[]) => {
              const names = [...scraped.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
              pm.expect(names).to.include.members(wanted);
            },
            ['http_request_duration_seconds', ...metrics],
          ),
        }),
        alsoSays('requests are counted by route, not by raw path', {
          check: (scraped) => {
            pm.expect(scraped).to.match(/^http_request_duration_seconds_count\{/m);
            pm.expect(scraped).to.not.match(/route="[^"]*[0-9a-f]{8}-[0-9a-f]{4}-/);
          },
        }),
      ],
    }),
    stray('GET', '/openapi.json', 'OpenAPI Document', 'The contract, made from the schemas that routes parse with.', {
      at,
      expect: says('every route is described', 200, {
        body: { openapi: matching(/^3\.1/) },
        check: using(
          ({ paths }: { paths: object }, known: string[]) => {
            pm.expect(Object.keys(paths)).to.include.members(known);
          },
          [...new Set(EVERY_ENDPOINT[at].map(({ path }) => path))],
        ),
      }),
    }),
    stray('GET', '/docs', 'API Docs', 'Swagger UI; open it in a browser.', {
      at,
      expect: says('the page loads Swagger UI', 200, {
        headers: { 'Content-Type': matching(/^text\/html/) },
        check: () => pm.expect(pm.response.text()).to.include('swagger-ui'),
      }),
    }),
    ...(at === 'gateway' ? [] : feed(at)),
    ...chaos(at),
  ]);

const feed = (at: Service): Step[] => [
  step(getEventFeed, 'Event Feed', 'The first events of the service, in the one order that never skips any.', {
    at,
    query: { after: 0, limit: 5 },
    expect: [
      says('the feed is in order and says where to go on', 200, {
        check: ({ events, next }) => {
          pm.expect(events).to.have.lengthOf.within(1, 5);
          const positions = events.map(({ position }) => Number(position));
          pm.expect(positions).to.eql([...new Set(positions)].sort((a, b) => a - b));
          pm.expect(next).to.equal(events.at(-1)?.position);
        },
      }),
      alsoSays('each event says what happened, when, and in which trace', {
        check: ({ events }) => {
          const fields = ['id', 'stream', 'version', 'type', 'at', 'data', 'traceId'];
          for (const told of events) pm.expect(told).to.include.all.keys(...fields);
        },
        keep: ({ next }) => ({ feedPosition: next }),
      }),
    ],
  }),
  step(getEventFeed, 'Event Feed Continued', 'The feed from where the last answer ended.', {
    at,
    query: { after: '{{feedPosition}}', limit: 5 },
    expect: says('nothing comes twice', 200, {
      check: ({ events }) => {
        const after = Number(pm.collectionVariables.get('feedPosition'));
        for (const { position } of events) pm.expect(Number(position)).to.be.above(after);
      },
    }),
  }),
];

const chaos = (at: Service): Step[] => [
  step(putChaos, 'Chaos On', 'Lets it answer late for a minute (needs CHAOS_API=true, which npm start sets).', {
    at,
    body: { latencyMs: 20, ttlSeconds: 60 },
    expect: says('the fault is set, and will end by itself', 200, {
      body: { enabled: true, failureRate: 0, latencyMs: 20, dropRate: 0 },
      check: ({ expiresAt }) => {
        const seconds = (Date.parse(String(expiresAt)) - Date.parse(pm.response.headers.get('Date'))) / 1000;
        pm.expect(seconds).to.be.within(58, 62);
      },
    }),
  }),
  step(getChaos, 'Chaos Setting', 'The faults that are being injected.', {
    at,
    expect: says('the setting can be read', 200, {
      check: (setting) => {
        pm.expect(setting).to.have.all.keys('enabled', 'failureRate', 'latencyMs', 'dropRate', 'expiresAt');
        pm.expect(setting.enabled).to.equal(setting.failureRate + setting.latencyMs + setting.dropRate > 0);
      },
    }),
  }),
  step(putChaos, 'Chaos Off', 'Ends the faults.', {
    at,
    body: { enabled: false, ttlSeconds: 1 },
    expect: says('no fault is injected any more', 200, {
      body: { enabled: false, failureRate: 0, latencyMs: 0, dropRate: 0 },
    }),
  }),
];
