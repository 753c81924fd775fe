import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { SERVICES } from '../support/project.ts';
import { describeKubernetes, overlays, type Probe, Rendered, type Workload } from './rendered.ts';

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
      expect(preStopS).toBeGreaterThanOrEqual(5);
      expect(preStopS + drainS).toBeGreaterThan(LONGEST_CALL_S);
      expect(workload.pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(preStopS + drainS * 1.25);
    });
  },
);

describeKubernetes('PostgreSQL in the demo', () => {
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
