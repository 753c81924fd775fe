import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PROJECT, SERVICES } from '../support/project.ts';
import { mayBeReachedBy, maySpeakTo, type Peer } from './network-policies.ts';
import { describeKubernetes, Rendered } from './rendered.ts';

const RULES = join(PROJECT, 'ops/prometheus/rules');

describeKubernetes('monitoring', () => {
  let monitoring: Rendered;
  let system: Rendered;
  beforeAll(() => {
    monitoring = new Rendered('monitoring');
    system = new Rendered('production');
  });

  /** Whether the policies of both ends let them talk. */
  function reaches(from: Peer, to: Peer, number: number): boolean {
    const port = { number, name: 'http' };
    const policies = [...monitoring.policies, ...system.policies];
    return maySpeakTo(policies, from, to, port) && mayBeReachedBy(policies, to, from, port);
  }

  const configMap = (name: string): Record<string, string> => {
    const isIt = new RegExp(`^${name}-[a-z0-9]{10}$`);
    return monitoring.all('ConfigMap').find(({ metadata }) => isIt.test(metadata.name))?.data ?? {};
  };

  it('has every rule', () => {
    expect(Object.keys(configMap('prometheus-rules')).sort()).toEqual(readdirSync(RULES).sort());
  });

  it('finds the pods of every service, by labels and a port that they have', () => {
    const text = configMap('prometheus')['prometheus.yml'] ?? '';
    expect(text).toContain('label_app_kubernetes_io_component], regex: service, action: keep');
    expect(text).toContain('container_port_name], regex: http, action: keep');
    const found = system.workloads.filter(({ labels, pod }) => {
      const ports = pod.spec.containers[0]?.ports ?? [];
      return labels?.['app.kubernetes.io/component'] === 'service' && ports.some(({ name }) => name === 'http');
    });
    expect(found.map(({ labels }) => labels?.['app.kubernetes.io/name']).sort()).toEqual(SERVICES);
  });

  it('may see pods of the system, and nothing else of Kubernetes', () => {
    const [role] = monitoring.all('Role') as unknown as { metadata: object; rules: object[] }[];
    expect(role).toMatchObject({ metadata: { namespace: 'oms' } });
    expect(role?.rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    expect(monitoring.all('ClusterRole')).toEqual([]);
  });

  it('reaches every service and Alertmanager, and nobody but Prometheus reaches Alertmanager', () => {
    const prometheus = monitoring.workload('prometheus');
    const alertmanager = monitoring.workload('alertmanager');
    const services = system.workloads.filter(({ name }) => SERVICES.includes(name));
    const unheard = services.filter(
      (service) => !reaches(prometheus, service, service.pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 0),
    );
    expect([services.length, unheard]).toEqual([SERVICES.length, []]);
    expect(reaches(prometheus, alertmanager, 9093)).toBe(true);
    expect(services.filter((service) => reaches(service, alertmanager, 9093))).toEqual([]);
    expect(maySpeakTo(monitoring.policies, alertmanager, { address: '203.0.113.7' }, { number: 443 })).toBe(true);
  });

  it('runs as ordinary users on read-only file systems, with bounded resources', () => {
    for (const { pod } of monitoring.workloads) {
      expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65534 });
      for (const { securityContext, resources } of pod.spec.containers) {
        expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
        expect(resources).toMatchObject({ limits: { cpu: expect.any(String), memory: expect.any(String) } });
      }
    }
  });

  it('has a configuration that Prometheus accepts', () => {
    const file = join(PROJECT, 'k8s/monitoring/prometheus.yml');
    const { error, status, stderr } = spawnSync('promtool', ['check', 'config', '--syntax-only', file], {
      encoding: 'utf8',
    });
    // Debian builds Prometheus without it.
    const knowsKubernetes = !error && !stderr.includes('field kubernetes_sd_configs not found');
    if (!knowsKubernetes && !process.env.CI) return;
    expect([status, stderr]).toEqual([0, '']);
  });
});

describeKubernetes("monitoring by Prometheus's operator", () => {
  it('has the rules as ops/prometheus has them', () => {
    const args = [join(PROJECT, 'ops/prometheus/operator.js'), '--print'];
    const made = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(readFileSync(join(PROJECT, 'k8s/prometheus-operator/rules.yaml'), 'utf8')).toBe(made);
    const groups = readdirSync(RULES).map((file) => parse(readFileSync(join(RULES, file), 'utf8')).groups);
    expect(parse(made).spec.groups).toEqual(groups.flat());
  });

  it('finds the same pods, under the same names', () => {
    const { selector, jobLabel, podMetricsEndpoints } = new Rendered('production').one('PodMonitor', 'services').spec;
    const text = readFileSync(join(PROJECT, 'k8s/monitoring/prometheus.yml'), 'utf8');
    const [{ job_name, honor_labels, relabel_configs }] = parse(text).scrape_configs;
    expect(selector.matchLabels).toEqual({ 'app.kubernetes.io/component': 'service' });
    for (const { labels } of new Rendered('production').workloads) expect(labels?.[jobLabel]).toBe(job_name);
    const [{ port, honorLabels, relabelings }] = podMetricsEndpoints;
    expect([port, honorLabels]).toEqual(['http', honor_labels]);
    const named = (relabeled: Record<string, unknown>[], from: string, to: string) =>
      relabeled.filter((one) => one[to]).map((one) => [one[from], one[to]]);
    expect(named(relabelings, 'sourceLabels', 'targetLabel')).toEqual(
      named(relabel_configs, 'source_labels', 'target_label'),
    );
  });
});
