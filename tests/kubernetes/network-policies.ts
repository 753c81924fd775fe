import { BlockList } from 'node:net';

/** One end of a connection: a pod, or an address outside the cluster. */
export interface Peer {
  namespace?: string;
  labels?: Record<string, string>;
  address?: string;
}
export interface Port {
  number: number;
  name?: string;
  protocol?: 'TCP' | 'UDP';
}

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values: string[] }[];
}
interface RulePeer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}
interface Rule {
  from?: RulePeer[];
  to?: RulePeer[];
  ports?: { port?: number | string; protocol?: string }[];
}
export interface NetworkPolicy {
  metadata: { name: string; namespace: string };
  spec: {
    podSelector: Selector;
    policyTypes: ('Ingress' | 'Egress')[];
    ingress?: Rule[];
    egress?: Rule[];
  };
}

/** Whether the egress policies of the client allow the connection. */
export const maySpeakTo = (policies: readonly NetworkPolicy[], from: Peer, to: Peer, port: Port) =>
  allowed(policies, 'Egress', from, to, port);

/** Whether the ingress policies of the server allow the connection. */
export const mayBeReachedBy = (policies: readonly NetworkPolicy[], to: Peer, from: Peer, port: Port) =>
  allowed(policies, 'Ingress', to, from, port);

/** A pod without policies may do everything; any other pod only what one of its policies allows. */
function allowed(
  policies: readonly NetworkPolicy[],
  direction: 'Ingress' | 'Egress',
  self: Peer,
  other: Peer,
  port: Port,
) {
  const own = policies.filter(
    ({ metadata, spec }) =>
      spec.policyTypes.includes(direction) &&
      metadata.namespace === self.namespace &&
      selects(spec.podSelector, self.labels ?? {}),
  );
  if (own.length === 0) return true;
  return own.some(({ metadata, spec }) =>
    (direction === 'Ingress' ? spec.ingress : spec.egress)?.some(
      ({ from, to, ports }) =>
        ((from ?? to)?.some((peer) => isMeant(peer, other, metadata.namespace)) ?? true) &&
        (ports?.some((one) => isPort(one, port)) ?? true),
    ),
  );
}

function isMeant({ podSelector, namespaceSelector, ipBlock }: RulePeer, other: Peer, ownNamespace: string): boolean {
  if (ipBlock) {
    const { cidr, except = [] } = ipBlock;
    return other.address !== undefined && within([cidr], other.address) && !within(except, other.address);
  }
  if (other.namespace === undefined) return false;
  const rightNamespace = namespaceSelector
    ? selects(namespaceSelector, { 'kubernetes.io/metadata.name': other.namespace })
    : other.namespace === ownNamespace;
  return rightNamespace && selects(podSelector ?? {}, other.labels ?? {});
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Record<string, string>): boolean {
  const unknown = matchExpressions.find(({ operator }) => operator !== 'In');
  if (unknown) throw new Error(`the operator ${unknown.operator} is not known here`);
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] as string))
  );
}

function within(blocks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const block of blocks) {
    const [network, prefix] = block.split('/');
    list.addSubnet(network as string, Number(prefix));
  }
  return list.check(address);
}

function isPort({ port, protocol = 'TCP' }: { port?: number | string; protocol?: string }, wanted: Port): boolean {
  if (protocol !== (wanted.protocol ?? 'TCP')) return false;
  return port === undefined || port === wanted.number || (port === wanted.name && wanted.name !== undefined);
}
