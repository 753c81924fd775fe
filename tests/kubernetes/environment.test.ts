import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { SERVICES } from '../support/project.ts';
import { makeSecrets, secretsOf as secretsIn } from './made-secrets.ts';
import { mayBeReachedBy, maySpeakTo } from './network-policies.ts';
import { type Container, describeKubernetes, type Overlay, overlays, Rendered, type Workload } from './rendered.ts';

type Environment = Record<string, string>;
interface ServiceConfig {
  variables: Record<string, unknown>;
  readConfig(env: Environment): Record<string, unknown>;
}
const configOf = (service: string): Promise<ServiceConfig> => import(`../../services/${service}/src/config.ts`);

type Secrets = Record<string, Environment>;

const EXAMPLES = { demo: 'demo', production: 'overlays/production/secrets.example' };
const MADE = secretsIn(await makeSecrets());

const examplesIn = (overlay: Overlay): [name: string, text: string][] => {
  if (overlay === 'install') return [];
  const folder = new URL(`../../k8s/${EXAMPLES[overlay]}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.env'));
  return files.map((file) => [file.replace('.env', ''), readFileSync(new URL(file, folder), 'utf8')]);
};

/** What the Secrets hold: part of the manifests in the demo, made in the cluster by a program, or by hand from files like the examples. */
function secretsOf(overlay: Overlay, rendered: Rendered): Secrets {
  if (overlay === 'install') return MADE;
  if (overlay === 'production')
    return Object.fromEntries(examplesIn(overlay).map(([name, text]) => [name, variablesIn(text)]));
  return Object.fromEntries(rendered.all('Secret').map(({ metadata, data = {} }) => [metadata.name, decoded(data)]));
}

function variablesIn(text: string): Environment {
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]));
}

const decoded = (data: Environment): Environment =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

/** The environment variables of a container. */
function environmentOf({ env = [], envFrom = [] }: Container, rendered: Rendered, secrets: Secrets): Environment {
  const settings = envFrom.map(({ configMapRef }) => rendered.one('ConfigMap', configMapRef.name).data ?? {});
  const own = env.map(({ name, value, valueFrom }) => {
    const { name: secret = '', key = '', optional } = valueFrom?.secretKeyRef ?? {};
    const told = value ?? secrets[secret]?.[key];
    if (told === undefined && !optional) throw new Error(`nobody says what ${name} is`);
    return told === undefined ? {} : { [name]: told };
  });
  return Object.assign({}, ...settings, ...own);
}

/** They call others only to read their feeds. */
const READERS = ['notification', 'inventory'];

const placesIn = (env: Environment) => Object.entries(env).filter(([name]) => name.endsWith('_SERVICE_URL'));

describeKubernetes.each(overlays.flatMap((overlay) => SERVICES.map((name) => [name, overlay] as const)))(
  'the environment of %s in %s',
  (name, overlay) => {
    let rendered: Rendered;
    let workload: Workload;
    let env: Environment;
    let config: ServiceConfig;
    beforeAll(async () => {
      rendered = new Rendered(overlay);
      workload = rendered.workload(name);
      env = environmentOf(workload.pod.spec.containers[0] as Container, rendered, secretsOf(overlay, rendered));
      config = await configOf(name);
    });

    it('has only variables that the service knows', () => {
      expect(Object.keys(env).filter((variable) => !(variable in config.variables))).toEqual([]);
    });

    it('is valid, with the port that the pod declares', () => {
      const { PORT } = config.readConfig(env);
      expect(workload.pod.spec.containers[0]?.ports).toEqual([{ name: 'http', containerPort: PORT }]);
    });

    it('has the Service of each other service and its pods, and the network policies allow the calls', () => {
      for (const [, places] of placesIn(env)) {
        const [url = '', ...others] = places.split(',');
        const { hostname, port } = new URL(url);
        expect(others).toEqual([`http://${hostname}-pods:${port}`]);
        const to = rendered.workload(hostname);
        for (const service of [hostname, `${hostname}-pods`])
          expect(rendered.one('Service', service).spec.ports[0].port).toBe(Number(port));
        expect(maySpeakTo(rendered.policies, workload, to, { number: Number(port) })).toBe(true);
        expect(mayBeReachedBy(rendered.policies, to, workload, { number: Number(port), name: 'http' })).toBe(true);
      }
    });

    it('has every address whose default is localhost', () => {
      const places = Object.keys(config.variables).filter((variable) => variable.endsWith('_SERVICE_URL'));
      // With Kafka, nobody reads feeds.
      const needed = READERS.includes(name) && 'KAFKA_BROKERS' in env ? [] : places;
      expect(needed.filter((variable) => !(variable in env))).toEqual([]);
    });

    it('turns migrations off: they run before', () => {
      expect(env.MIGRATE).toBe('DATABASE_URL' in env ? 'manual' : undefined);
      expect('DATABASE_URL' in env).toBe('DATABASE_URL' in config.variables);
    });

    it('has chaos off, by one line for all services', () => {
      const lines = readFileSync(new URL('../../k8s/base/kustomization.yaml', import.meta.url), 'utf8').split('\n');
      expect(lines.filter((line) => line.includes('CHAOS_MODE'))).toEqual(['      - CHAOS_MODE=false']);
      expect(env).toMatchObject({ CHAOS_MODE: 'false', CHAOS_API: 'false' });
      const { env: own = [] } = workload.pod.spec.containers[0] as Container;
      expect(own.filter((variable) => variable.name.startsWith('CHAOS'))).toEqual([]);
    });
  },
);

describeKubernetes('tokens that make payments fail', () => {
  it.each(overlays)('in %s are accepted in the demo only', (overlay) => {
    const told = new Rendered(overlay).workloads.flatMap(({ name, pod }) =>
      pod.spec.containers.flatMap(({ env = [] }) =>
        env.filter((variable) => variable.name === 'TEST_TOKENS').map(() => name),
      ),
    );
    expect(told).toEqual(overlay === 'demo' ? ['payment'] : []);
  });
});

describeKubernetes('the secrets', () => {
  it.each(overlays)(
    'in %s are those that are read, all in example files, which are marked as examples, or made in the cluster',
    (overlay) => {
      const rendered = new Rendered(overlay);
      const asked = rendered.workloads
        .flatMap(({ pod }) => pod.spec.containers)
        .flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []))
        .map(({ name, key }) => `${name} ${key}`);
      const told = Object.entries(secretsOf(overlay, rendered)).flatMap(([name, content]) =>
        Object.keys(content).map((key) => `${name} ${key}`),
      );
      expect(told.sort()).toEqual([...new Set(asked)].sort());
      for (const [, text] of examplesIn(overlay)) expect(text).toMatch(/^# An example, /);
    },
  );

  it('in production give each service a database user of its own, which no other is told', () => {
    const secrets = secretsOf('production', new Rendered('production'));
    for (const { name, pod } of new Rendered('production').workloads) {
      const { env = [] } = pod.spec.containers[0] as Container;
      const read = new Set(env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.name ?? []));
      expect([...read].filter((secret) => secret !== name && secret !== 'secrets')).toEqual([]);
      const { DATABASE_URL } = secrets[name] ?? {};
      if (DATABASE_URL) expect(DATABASE_URL).toMatch(`postgres://oms_${name === 'migrate' ? 'owner' : name}:`);
    }
  });

  it.each(overlays.filter((overlay) => overlay !== 'demo'))('in %s are not in the manifests', (overlay) => {
    expect(new Rendered(overlay).all('Secret')).toEqual([]);
  });

  it('in production have none that signs tokens, and the gateway requires a token', () => {
    const rendered = new Rendered('production');
    const { env = [] } = rendered.workload('gateway').pod.spec.containers[0] as Container;
    expect(env).toContainEqual({ name: 'AUTH_MODE', value: 'jwt' });
    expect(env.filter(({ name }) => name === 'JWT_SECRET')).toEqual([]);
  });

  it('customers come in by TLS only', () => {
    const rendered = new Rendered('production');
    const { listeners } = rendered.one('Gateway', 'customers').spec;
    const routes = rendered.all('HTTPRoute').map(({ metadata, spec }) => [metadata.name, spec]);
    expect(listeners.map(({ name, protocol, tls }: Record<string, unknown>) => [name, protocol, tls])).toEqual([
      ['https', 'HTTPS', { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'gateway-tls' }] }],
      ['http', 'HTTP', undefined],
    ]);
    expect(Object.fromEntries(routes)).toMatchObject({
      gateway: { parentRefs: [{ sectionName: 'https' }], rules: [{ backendRefs: [{ name: 'gateway', port: 8080 }] }] },
      'to-https': { parentRefs: [{ sectionName: 'http' }], rules: [{ filters: [{ type: 'RequestRedirect' }] }] },
    });
    const { port } = rendered.one('Service', 'gateway').spec.ports[0];
    expect(port).toBe(8080);
  });
});
