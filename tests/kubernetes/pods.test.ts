import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { describeKubernetes, overlays, Rendered, type Workload } from './rendered.ts';

describeKubernetes.each(overlays)('every pod of %s', (overlay) => {
  let workloads: Workload[];
  beforeAll(() => {
    ({ workloads } = new Rendered(overlay));
  });
  const those = (bad: (workload: Workload) => boolean) => workloads.filter(bad).map(({ name }) => name);

  it('runs in a namespace with the Pod Security level "restricted"', () => {
    const { metadata } = new Rendered(overlay).one('Namespace', 'oms');
    for (const mode of ['enforce', 'warn', 'audit']) {
      expect(metadata.labels?.[`pod-security.kubernetes.io/${mode}`]).toBe('restricted');
    }
    expect(those(({ namespace }) => namespace !== 'oms')).toEqual([]);
  });

  it('runs as an ordinary user on a read-only file system, without privileges', () => {
    for (const { pod } of workloads) {
      expect(pod.spec.initContainers).toBeUndefined();
      expect(pod.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext } of pod.spec.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  it('has its own service account, and no token for the Kubernetes API, but for the one that makes secrets', () => {
    const rendered = new Rendered(overlay);
    for (const { name, pod } of workloads) {
      expect(pod.spec).toMatchObject({
        serviceAccountName: name,
        automountServiceAccountToken: name === 'secrets',
        enableServiceLinks: false,
      });
      expect(rendered.one('ServiceAccount', name)).toMatchObject({ automountServiceAccountToken: false });
    }
  });

  it('has resource requests and limits', () => {
    for (const { resources } of workloads.flatMap(({ pod }) => pod.spec.containers)) {
      const amounts = { cpu: expect.any(String), memory: expect.any(String), 'ephemeral-storage': expect.any(String) };
      expect(resources).toEqual({ requests: amounts, limits: amounts });
    }
  });

  it('runs an image with a fixed version, and names no registry', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    for (const { image } of workloads.flatMap(({ pod }) => pod.spec.containers)) {
      expect(image).toMatch(
        new RegExp(`^(oms/[a-z]+:${version}|(postgres|redis):[\\d.]+-alpine[\\d.]*@sha256:[0-9a-f]{64})$`),
      );
    }
  });
});
