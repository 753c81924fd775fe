import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { SERVICES } from '../support/project.ts';
import { type Container, describeKubernetes, overlays, type Probe, Rendered, type Workload } from './rendered.ts';

/** A constant that the code does not export. */
function numbersIn(file: string, pattern: RegExp): number[] {
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const found = pattern.exec(source)?.[1];
  if (found === undefined) throw new Error(`${pattern} is not in ${file}`);
  return found.split(',').map((number) => Number(number.replaceAll('_', '')));
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const PAUSES_MS = numbersIn('shared/src/resilience/client.ts', /CEILINGS_MS = \[(.+)\]/);
const [ATTEMPT_MS = 0] = numbersIn(
  'services/order/src/config.ts',
  /breakerVariables\('payment', \{ timeoutMs: ([\d_]+)/,
);
const LONGEST_CALL_S = ((PAUSES_MS.length + 1) * ATTEMPT_MS + sum(PAUSES_MS)) / 1000;
const [PATIENCE_MS = 0] = numbersIn('shared/src/store/patience.ts', /PATIENCE_MS = ([\d_]+)/);
const [CONNECT_MS = 0] = numbersIn('shared/src/store/postgres.ts', /connectionTimeoutMillis: ([\d_]+)/);
const [CONNECTIONS = 0] = numbersIn('shared/src/store/postgres.ts', /max: (\d+)/);

const [LOOK_EVERY_MS = 0] = numbersIn('shared/src/resilience/names.ts', /LOOK_EVERY_MS = ([\d_]+)/);
/** Callers may know a pod so long after its name lost it: CoreDNS says that its answers are good for 5 s, and keeps them as long. */
const NAME_IS_OLD_S = LOOK_EVERY_MS / 1000 + 10;

const patienceOf = ({ periodSeconds, failureThreshold }: Probe) => periodSeconds * failureThreshold;

describeKubernetes.each(overlays.flatMap((overlay) => SERVICES.map((name) => [name, overlay] as const)))(
  '%s in %s',
  (name, overlay) => {
    let rendered: Rendered;
    let workload: Workload;
    const container = () => workload.pod.spec.containers[0] as Workload['pod']['spec']['containers'][0];
    beforeAll(() => {
      rendered = new Rendered(overlay);
      workload = rendered.workload(name);
    });

    it('has at least three replicas, and more under load', () => {
      const { scaleTargetRef, minReplicas, maxReplicas } = rendered.one('HorizontalPodAutoscaler', name).spec;
      expect(scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name });
      expect(minReplicas).toBe(3);
      expect(maxReplicas).toBeGreaterThan(minReplicas);
      expect(rendered.one('Deployment', name).spec).not.toHaveProperty('replicas');
    });

    it('loses no replica in a rolling update, and one at a time when nodes are drained', () => {
      expect(rendered.one('Deployment', name).spec.strategy).toEqual({
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
      });
      const { maxUnavailable, selector } = rendered.one('PodDisruptionBudget', name).spec;
      expect(maxUnavailable).toBe(1);
      expect(workload.pod.metadata.labels).toMatchObject(selector.matchLabels);
      expect(selector.matchLabels).toMatchObject({ 'app.kubernetes.io/name': name });
    });

    it('is spread over nodes and zones, independent of other services', () => {
      const spread = workload.pod.spec.topologySpreadConstraints;
      expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
        'kubernetes.io/hostname',
        'topology.kubernetes.io/zone',
      ]);
      for (const { labelSelector } of spread) {
        expect(labelSelector.matchLabels).toMatchObject({ 'app.kubernetes.io/name': name });
        expect(workload.pod.metadata.labels).toMatchObject(labelSelector.matchLabels);
      }
    });

    it('has a Kubernetes Service of its name that selects its pods only', () => {
      const { selector, ports } = rendered.one('Service', name).spec;
      const found = rendered.workloads.filter(({ labels }) =>
        Object.entries(selector).every(([key, value]) => labels?.[key] === value),
      );
      expect(found.map((one) => one.name)).toEqual([name]);
      const [{ containerPort } = { containerPort: 0 }] = container().ports ?? [];
      expect(ports).toEqual([{ name: 'http', port: containerPort, targetPort: 'http' }]);
    });

    it('has a name for its pods by themselves, if others call it', () => {
      const { selector, ports } = rendered.one('Service', name).spec;
      const found = rendered.all('Service').filter(({ metadata }) => metadata.name === `${name}-pods`);
      expect(found.map(({ spec }) => spec)).toEqual(name === 'gateway' ? [] : [{ clusterIP: 'None', selector, ports }]);
    });

    it('has a startup, a readiness and a liveness probe, each with its own timeout', () => {
      const { startupProbe, readinessProbe, livenessProbe } = container();
      expect([startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet)).toEqual([
        { path: '/livez', port: 'http' },
        { path: '/readyz', port: 'http' },
        { path: '/livez', port: 'http' },
      ]);
      expect(patienceOf(startupProbe)).toBeGreaterThan(PATIENCE_MS / 1000);
      expect(readinessProbe.timeoutSeconds).toBeGreaterThan(CONNECT_MS / 1000);
      expect(patienceOf(readinessProbe)).toBeLessThanOrEqual(5);
      expect(patienceOf(livenessProbe)).toBeGreaterThanOrEqual(60);
    });

    it('has enough time for a graceful shutdown', () => {
      const [{ configMapRef } = { configMapRef: { name: 'none' } }] = container().envFrom ?? [];
      const drainS = Number(rendered.one('ConfigMap', configMapRef.name).data?.DRAIN_MS) / 1000;
      const preStopS = container().lifecycle.preStop.sleep.seconds;
      expect(preStopS).toBeGreaterThan(NAME_IS_OLD_S);
      expect(preStopS + drainS).toBeGreaterThan(LONGEST_CALL_S);
      expect(workload.pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(preStopS + drainS * 1.25);
    });
  },
);

describeKubernetes('PostgreSQL in the demo', () => {
  it('is asked by TCP, where it answers only when it is complete, and keeps the rights of its files', () => {
    const { pod } = new Rendered('demo').workload('postgres');
    const [{ startupProbe, readinessProbe, args } = {}] = pod.spec.containers as Partial<Container>[];
    for (const probe of [startupProbe, readinessProbe]) {
      expect(probe).toMatchObject({ exec: { command: expect.arrayContaining(['--host=127.0.0.1']) } });
    }
    expect(args).toContain('jit=off');
    expect(pod.spec.securityContext).toMatchObject({ fsGroup: 70, fsGroupChangePolicy: 'OnRootMismatch' });
  });

  it('has enough connections for the maximum number of replicas', () => {
    const rendered = new Rendered('demo');
    const replicas = rendered.workloads
      .filter(({ kind, labels }) => kind === 'Deployment' && labels?.['keeps-data'])
      .map(({ name }) => rendered.one('HorizontalPodAutoscaler', name).spec.maxReplicas + 1);
    const { args } = rendered.workload('postgres').pod.spec.containers[0] ?? {};
    const [, most] = /max_connections=(\d+)/.exec(String(args)) ?? [];
    expect(replicas).toHaveLength(SERVICES.length - 1);
    expect(Number(most)).toBeGreaterThan(sum(replicas) * CONNECTIONS);
  });
});

const amountOf = (quantity: string) => {
  const [, number, unit] = /^([\d.]+)(m|Mi|Gi)?$/.exec(quantity) ?? [];
  return Number(number) * ({ m: 0.001, Mi: 1 / 1024 }[unit ?? ''] ?? 1);
};

describeKubernetes.each(['demo', 'install'] as const)('all of %s', (overlay) => {
  it('fits one node of 2 CPUs and 4 GiB, with what a cluster needs itself, while all services are updated', () => {
    const rendered = new Rendered(overlay);
    const asked = { cpu: 0.15, memory: 0.25 };
    for (const { name, pod } of rendered.workloads) {
      const count = SERVICES.includes(name) ? rendered.one('HorizontalPodAutoscaler', name).spec.minReplicas + 1 : 1;
      for (const { resources } of pod.spec.containers) {
        asked.cpu += count * amountOf(resources.requests.cpu as string);
        asked.memory += count * amountOf(resources.requests.memory as string);
      }
    }
    expect(asked.cpu).toBeLessThan(2);
    expect(asked.memory).toBeLessThan(4);
  });
});
