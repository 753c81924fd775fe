import { beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES } from '../support/project.ts';
import { mayBeReachedBy, maySpeakTo, type NetworkPolicy, type Peer, type Port } from './network-policies.ts';
import { pictureOfTheArchitecture } from './picture.ts';
import { describeKubernetes, type Overlay, overlays, Rendered, type Workload } from './rendered.ts';

const { calls, feeds, stores, redis } = pictureOfTheArchitecture();
const keepData = [...stores, 'migrate'];

const WITH_STORES = [
  ...calls,
  ...feeds,
  ...keepData.map((name) => `${name} → postgres`),
  ...redis.map((name) => `${name} → redis`),
];
const ARROWS: Record<Overlay, string[]> = { demo: WITH_STORES, install: WITH_STORES, production: calls };

const portsOf = ({ pod }: Workload): Port[] =>
  pod.spec.containers.flatMap(({ ports = [] }) =>
    ports.map(({ name, containerPort }) => ({ name, number: containerPort })),
  );

/** Which pods may connect to which, by the policies at one end of each arrow. */
function arrows(workloads: readonly Workload[], allowed: (from: Workload, to: Workload, port: Port) => boolean) {
  const pairs = workloads
    .flatMap((from) => workloads.map((to) => ({ from, to })))
    .filter(({ from, to }) => from !== to);
  return pairs
    .filter(({ from, to }) => portsOf(to).some((port) => allowed(from, to, port)))
    .map(({ from, to }) => `${from.name} → ${to.name}`)
    .sort();
}
const ways = (workloads: readonly Workload[], policies: readonly NetworkPolicy[]) => ({
  out: arrows(workloads, (from, to, port) => maySpeakTo(policies, from, to, port)),
  in: arrows(workloads, (from, to, port) => mayBeReachedBy(policies, to, from, port)),
});

describeKubernetes.each(overlays)('the network of %s', (overlay) => {
  let workloads: Workload[];
  let policies: NetworkPolicy[];
  const both = (names: string[]) => ({ out: [...names].sort(), in: [...names].sort() });
  /** A pod without a policy of its own. */
  const newcomer = (): Workload => {
    const { pod, ...gateway } = workloads.find(({ name }) => name === 'gateway') as Workload;
    return { ...gateway, name: 'newcomer', pod, labels: { 'app.kubernetes.io/name': 'newcomer' } };
  };
  const names = (wanted: (workload: Workload) => boolean) => workloads.filter(wanted).map(({ name }) => name);

  beforeAll(() => {
    const rendered = new Rendered(overlay);
    policies = rendered.policies;
    workloads = rendered.workloads;
  });

  it('allows exactly the calls in the diagram, as egress and as ingress', () => {
    expect(calls).toHaveLength(11);
    expect(ways([...workloads, newcomer()], policies)).toEqual(both(ARROWS[overlay]));
  });

  // Without it, kubectl finds a difference between what it applies and what is there, each time.
  it('names the protocol of every port', () => {
    const ports = policies.flatMap(({ spec }) =>
      [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap((rule) => rule.ports ?? []),
    );
    expect(ports.filter(({ protocol }) => !protocol)).toEqual([]);
  });

  it('opens no unused port', () => {
    const debugger_ = { number: 9229 };
    const reached = workloads.filter((to) =>
      workloads.some(
        (from) => maySpeakTo(policies, from, to, debugger_) || mayBeReachedBy(policies, to, from, debugger_),
      ),
    );
    expect(reached).toEqual([]);
  });

  it('allows DNS to all pods, only in the cluster or in a cache on the node', () => {
    const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
    const port = { number: 53, protocol: 'UDP' } as const;
    expect(names((workload) => !maySpeakTo(policies, workload, dns, port))).toEqual([]);
    expect(names((workload) => maySpeakTo(policies, workload, { address: '198.51.100.53' }, port))).toEqual([]);
    const onTheNode = { address: '169.254.20.10' };
    expect(names((workload) => !maySpeakTo(policies, workload, onTheNode, port))).toEqual([]);
  });

  it('allows Prometheus to reach every service, and nothing else', () => {
    const prometheus = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } };
    const seen = (from: Peer) =>
      names((to) => portsOf(to).some((port) => mayBeReachedBy(policies, to, from, port))).sort();
    expect(seen(prometheus)).toEqual(SERVICES);
    expect(seen({ ...prometheus, labels: {} })).toEqual([]);
    expect(seen({ ...prometheus, namespace: 'oms' })).toEqual([]);
  });

  it('allows no other ingress from outside, except by the gateway of the cluster to ours', () => {
    const strangers: Peer[] = [
      { namespace: 'default', labels: { 'app.kubernetes.io/name': 'gateway' } },
      { namespace: 'oms', labels: {} },
      { address: '198.51.100.7' },
    ];
    const entered = (from: Peer) => names((to) => portsOf(to).some((port) => mayBeReachedBy(policies, to, from, port)));
    expect(strangers.flatMap(entered)).toEqual([]);
    const controller = { namespace: 'envoy-gateway-system', labels: { 'app.kubernetes.io/name': 'envoy' } };
    expect(entered(controller)).toEqual(overlay === 'production' ? ['gateway'] : []);
  });

  it('allows egress from the cluster only to stores, to keys for the gateway, and to mail and webhooks for notification; and to Kubernetes, wherever it is, for who makes secrets', () => {
    const leaving = (address: string, ...ports: number[]) =>
      names((from) => ports.some((number) => maySpeakTo(policies, from, { address }, { number }))).sort();
    const outside = {
      postgres: leaving('10.20.1.7', 5432),
      kafka: leaving('10.20.2.7', 9092),
      redis: leaving('10.20.3.7', 6379),
      mail: leaving('198.51.100.7', 465, 587),
      web: leaving('198.51.100.7', 443),
      anythingElse: leaving('198.51.100.7', 22, 80, 3000, 5432, 9092),
      otherNetworks: leaving('10.20.4.7', 443, 465, 5432, 9092, 6379),
      metadata: leaving('169.254.169.254', 80, 443),
    };
    const nobody = Object.fromEntries(Object.keys(outside).map((key) => [key, []]));
    const install = { web: ['secrets'], otherNetworks: ['secrets'], metadata: ['secrets'] };
    const production = {
      postgres: [...keepData, 'backup'].sort(),
      kafka: [...stores].sort(),
      redis,
      mail: ['notification'],
      web: ['gateway', 'notification'],
    };
    expect(outside).toEqual({ ...nobody, ...{ demo: {}, install, production }[overlay] });
  });

  it('allows traces to leave for their collector, from every service', () => {
    const collector = { namespace: 'observability', labels: {} };
    const sending = (number: number) => names((from) => maySpeakTo(policies, from, collector, { number })).sort();
    expect(sending(4318)).toEqual(overlay === 'production' ? SERVICES : []);
    expect(sending(4317)).toEqual([]);
  });

  describe('a planted hole is found', () => {
    const planted: [what: string, change: (policies: NetworkPolicy[]) => NetworkPolicy[]][] = [
      ['no policy at all', () => []],
      ['the default-deny policy is missing', (all) => all.filter(({ metadata }) => metadata.name !== 'nothing')],
      ['one end of a call is missing', (all) => all.filter(({ metadata }) => metadata.name !== 'payment')],
      [
        'all pods of the namespace may call one service',
        (all) => [...all, open({ ingress: [{ from: [{ podSelector: {} }] }] })],
      ],
      ['one service may call every address', (all) => [...all, open({ egress: [{}] })]],
    ];
    const open = (rules: object) =>
      ({
        metadata: { name: 'hole', namespace: 'oms' },
        spec: {
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'inventory' } },
          policyTypes: [...('ingress' in rules ? ['Ingress'] : ['Egress'])],
          ...rules,
        },
      }) as NetworkPolicy;

    it.each(planted)('%s', (_what, change) => {
      expect(ways([...workloads, newcomer()], change(policies))).not.toEqual(both(ARROWS[overlay]));
    });
  });
});
