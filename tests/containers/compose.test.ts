import { describe, expect, it } from '@jest/globals';
import { variables as gateway } from '../../services/gateway/src/config.ts';
import { variables as inventory } from '../../services/inventory/src/config.ts';
import { variables as notification } from '../../services/notification/src/config.ts';
import { variables as order } from '../../services/order/src/config.ts';
import { variables as payment } from '../../services/payment/src/config.ts';
import { variables as product } from '../../services/product/src/config.ts';
import { variables as shipping } from '../../services/shipping/src/config.ts';
import { SERVICES } from '../support/project.ts';
import { servicesOf, textOf } from './compose-files.ts';

const variablesOf = { gateway, inventory, notification, order, payment, product, shipping };
const known = new Set(Object.values(variablesOf).flatMap((variables) => Object.keys(variables)));

const services = servicesOf('docker-compose.yml');
const additions = servicesOf('docker-compose.full.yml');
const engines = Object.entries(additions).filter(([name]) => !(name in services));
const { version } = JSON.parse(textOf('package.json')) as { version: string };

/** What compose decides by itself: the address of a service, and the addresses of the others. */
const ARRANGED = /^(PORT|HOST|[A-Z]+_SERVICE_URL)$/;
const ON_THIS_MACHINE = /^\$\{\w+_ADDRESS:-127\.0\.0\.1:\d+\}:\d+$/;

describe('docker-compose.yml', () => {
  it('has all services, and nothing else', () => {
    expect(Object.keys(services).sort()).toEqual(SERVICES);
  });

  it.each(Object.keys(services))('builds the image of %s with the version of the project', (name) => {
    expect(services[name]).toMatchObject({ image: `oms/${name}:${version}`, build: { args: { SERVICE: name } } });
  });

  it('gives every service the addresses of the others, with their default ports', () => {
    const addresses = Object.entries(variablesOf)
      .filter(([name]) => name !== 'gateway')
      .map(([name, { PORT }]) => [`${name.toUpperCase()}_SERVICE_URL`, `http://${name}:${PORT.parse(undefined)}`]);
    for (const { environment } of Object.values(services)) {
      expect(environment).toMatchObject(Object.fromEntries(addresses));
    }
  });

  it.each(Object.keys(services))('passes every setting of %s', (name) => {
    const settings = Object.keys(variablesOf[name as keyof typeof variablesOf]).filter((one) => !ARRANGED.test(one));
    expect(settings.length).toBeGreaterThan(8);
    expect(Object.keys(services[name]?.environment ?? {})).toEqual(expect.arrayContaining(settings));
  });

  it('sets no value of its own, except the tokens that make simulated payments fail', () => {
    const said = Object.values(services).flatMap(({ environment }) => Object.entries(environment));
    const own = said.filter(([name, value]) => value !== null && !ARRANGED.test(name));
    expect(own).toEqual([['TEST_TOKENS', expect.stringMatching(/-true\}$/)]]);
  });

  it.each(Object.entries(variablesOf))(
    'publishes %s at its default port, as in Postman and the runbooks, on this machine only by default',
    (name, { PORT }) => {
      const port = PORT.parse(undefined);
      expect(services[name]?.ports).toEqual([`\${${name.toUpperCase()}_ADDRESS:-127.0.0.1:${port}}:${port}`]);
      expect(textOf('postman/local.postman_environment.json')).toContain(`"http://localhost:${port}"`);
    },
  );

  it('starts a service after all services that it calls are healthy', () => {
    const startedBefore = (name: string): string[] =>
      Object.keys(services[name]?.depends_on ?? {}).flatMap((other) => [other, ...startedBefore(other)]);
    expect([...new Set(startedBefore('gateway')), 'gateway'].sort()).toEqual(Object.keys(services).sort());
    for (const { depends_on = {} } of Object.values(services)) {
      for (const { condition } of Object.values(depends_on)) expect(condition).toBe('service_healthy');
    }
  });
});

describe('docker-compose.full.yml', () => {
  it('gives every service a database, and the gateway a Redis', () => {
    for (const name of Object.keys(services)) {
      expect(additions[name]?.environment).toHaveProperty(name === 'gateway' ? 'REDIS_URL' : 'DATABASE_URL');
    }
  });

  it('contains no password, and names the one that is missing', () => {
    const passwords = textOf('docker-compose.full.yml').match(/\$\{\w+_PASSWORD[^}]*\}/g) ?? [];
    expect(passwords.length).toBeGreaterThan(3);
    for (const password of passwords)
      expect(password).toMatch(/^\$\{(\w+):\?\1 is not set\. See \.env\.full\.example\}$/);
    expect(textOf('docker-compose.full.yml')).not.toMatch(/^ +\w*PASSWORD: (?!"\$\{)/m);
  });

  it('has every required password in the example file', () => {
    const asked = textOf('docker-compose.full.yml').matchAll(/\$\{(\w+):\?/g);
    for (const [, name] of asked) expect(textOf('.env.full.example')).toMatch(new RegExp(`^${name}=.+$`, 'm'));
  });

  it.each(engines)(
    'restarts %s after a crash, limits its memory, and publishes it on this machine at most',
    (_name, engine) => {
      expect(engine).toMatchObject({ restart: 'unless-stopped', mem_limit: expect.any(String) });
      for (const port of engine.ports ?? []) expect(port).toMatch(ON_THIS_MACHINE);
    },
  );
});

describe('the environment variables in both files', () => {
  it('are known to the services', () => {
    const passed = Object.keys(services).flatMap((name) => [
      ...Object.keys(services[name]?.environment ?? {}),
      ...Object.keys(additions[name]?.environment ?? {}),
    ]);
    // OpenTelemetry reads its own variables; our configuration does not have them.
    const unknown = passed.filter((name) => !known.has(name) && !name.startsWith('OTEL_'));
    expect(passed.length).toBeGreaterThan(50);
    expect(unknown).toEqual([]);
  });
});

describe('Dockerfile', () => {
  it('labels images with the version of the project', () => {
    expect(textOf('Dockerfile')).toContain(`\nARG VERSION=${version}\n`);
  });

  it('uses nothing that only one builder or one Linux distribution has', () => {
    expect(textOf('Dockerfile')).not.toMatch(/--mount|<<|\bapk\b|\bapt(-get)?\b/);
  });
});
