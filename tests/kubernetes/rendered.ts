import { execFileSync, spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { PROJECT } from '../support/project.ts';
import type { NetworkPolicy, Peer } from './network-policies.ts';

/** The folders for `kubectl apply -k`: the demo, what a release installs, and the overlay for production. */
export const OVERLAYS = {
  demo: 'k8s',
  install: 'k8s/overlays/install',
  production: 'k8s/overlays/production',
} as const;
export type Overlay = keyof typeof OVERLAYS;
export const overlays = Object.keys(OVERLAYS) as Overlay[];
/** What watches them, in a namespace of its own. */
const FOLDERS = { ...OVERLAYS, monitoring: 'k8s/monitoring' } as const;
type Folder = keyof typeof FOLDERS;

const installed = spawnSync('kubectl', ['version', '--client']).status === 0;

/** Suites that need kubectl. In CI they also run without it, and fail. */
export const describeKubernetes: typeof describe | typeof describe.skip =
  installed || process.env.CI ? describe : describe.skip;

export interface Probe {
  httpGet?: { path: string; port: string };
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold: number;
}
export interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string; optional?: boolean } };
}
export interface Container {
  name: string;
  image: string;
  args?: string[];
  env?: Variable[];
  envFrom?: { configMapRef: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
  lifecycle: { preStop: { sleep: { seconds: number } } };
  resources: Record<'requests' | 'limits', Record<string, string>>;
  securityContext: Record<string, unknown>;
}
export interface Pod {
  metadata: { labels: Record<string, string> };
  spec: {
    serviceAccountName: string;
    automountServiceAccountToken: boolean;
    enableServiceLinks: boolean;
    terminationGracePeriodSeconds: number;
    securityContext: Record<string, unknown>;
    topologySpreadConstraints: { topologyKey: string; labelSelector: { matchLabels: Record<string, string> } }[];
    containers: Container[];
    initContainers?: Container[];
    volumes?: Record<string, unknown>[];
  };
}
export interface KubernetesObject {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: every kind has another
  spec: any;
}
export interface Workload extends Peer {
  kind: string;
  name: string;
  pod: Pod;
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'Job', 'CronJob'];

/** The objects of an overlay, as Kubernetes is given them. */
export class Rendered {
  readonly objects: readonly KubernetesObject[];

  constructor(folder: Folder) {
    this.objects = objectsOf(folder);
  }

  all(kind: string): KubernetesObject[] {
    return this.objects.filter((object) => object.kind === kind);
  }

  one(kind: string, name: string): KubernetesObject {
    const found = this.all(kind).filter(({ metadata }) => metadata.name === name);
    if (found.length !== 1) throw new Error(`there are ${found.length} ${kind} ${name}`);
    return found[0] as KubernetesObject;
  }

  get workloads(): Workload[] {
    return this.objects
      .filter(({ kind }) => WORKLOADS.includes(kind))
      .map(({ kind, metadata, spec }) => {
        const pod = (spec.template ?? spec.jobTemplate.spec.template) as Pod;
        return { kind, name: metadata.name, pod, namespace: metadata.namespace as string, labels: pod.metadata.labels };
      });
  }

  workload(name: string): Workload {
    return this.workloads.find((workload) => workload.name === name) as Workload;
  }

  get policies(): NetworkPolicy[] {
    return this.all('NetworkPolicy') as unknown as NetworkPolicy[];
  }
}

const known = new Map<Folder, readonly KubernetesObject[]>();

function objectsOf(folder: Folder): readonly KubernetesObject[] {
  const before = known.get(folder);
  if (before) return before;
  const text = execFileSync('kubectl', ['kustomize', FOLDERS[folder]], { cwd: PROJECT, encoding: 'utf8' });
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
  known.set(folder, objects);
  return objects;
}
