import type { LiveService, LiveSystem } from '@oms/shared/contracts/gateway';
import { signal } from '@preact/signals';
import { rate } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { faultsOf } from './faults.ts';
import { EDGES, type Layout, NARROW, WIDE } from './picture-layout.ts';

const narrow = matchMedia('(max-width: 719px)');
const layout = signal<Layout>(narrow.matches ? NARROW : WIDE);
narrow.addEventListener('change', () => {
  layout.value = narrow.matches ? NARROW : WIDE;
});

const WHAT: Record<string, string> = {
  gateway: 'lets you in',
  order: 'runs the sagas',
  product: 'knows the prices',
  inventory: 'holds the stock',
  payment: 'moves the money',
  shipping: 'sends the parcels',
  notification: 'tells the customers',
};
const STATES = { UP: ['ok', 'Up'], DEGRADED: ['warn', 'Degraded'], DOWN: ['bad', 'Down'] } as const;
const BREAKERS = { CLOSED: ['ok', 'closed'], OPEN: ['bad', 'open'], HALF_OPEN: ['warn', 'half-open'] } as const;

/** The services, the arrows between them, and how both are doing. */
export function Picture({ system }: { system: LiveSystem }) {
  const { width, height, nodes, paths, breakers } = layout.value;
  const at = ({ x, y }: { x: number; y: number }) => ({ left: `${(x / width) * 100}%`, top: `${(y / height) * 100}%` });
  const breakerOf = (from: string, to: string) => system.services[from]?.breakers[to];
  const order = system.services.order;
  return (
    <div class="picture" style={{ aspectRatio: `${width} / ${height}` }}>
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <defs>
          <marker
            id="tip"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerUnits="userSpaceOnUse"
            markerWidth="10"
            markerHeight="10"
            orient="auto"
          >
            <path d="M0 0.5 L7.5 4 L0 7.5 z" />
          </marker>
        </defs>
        {EDGES.filter(({ to }) => system.services[to]).map(({ from, to, kind }) => {
          const state = breakerOf(from, to) ?? 'CLOSED';
          const target = system.services[to];
          const flows = kind !== 'event' && state === 'CLOSED' && (target?.requests ?? 0) > 0.5;
          const d = paths[`${from}-${to}`];
          return (
            <g
              key={`${from}-${to}`}
              class={`edge ${kind} ${state.toLowerCase()} ${to === 'order' && kind === 'forward' ? 'main' : ''}`}
            >
              <path d={d} marker-end="url(#tip)" />
              {flows && kind !== 'forward' && from === 'order' && <path class={`flow ${speed(target)}`} d={d} />}
              {flows && kind === 'forward' && to === 'order' && <path class={`flow ${speed(target)}`} d={d} />}
            </g>
          );
        })}
      </svg>
      <ul class="nodes" aria-label="Services">
        {Object.entries(nodes).map(([name, place]) => {
          const service = system.services[name];
          if (!service) return null;
          return (
            <li key={name} class="node-place" style={at(place)}>
              <Node name={name} service={service} />
            </li>
          );
        })}
      </ul>
      <ul class="breakers" aria-label="Circuit breakers of the order service">
        {Object.entries(breakers).map(([edge, place]) => {
          const to = edge.replace('order-', '');
          const state = order?.breakers[to];
          if (!state) return null;
          const [tone, text] = BREAKERS[state];
          return (
            <li key={edge} class={`breaker ${tone}`} style={at(place)}>
              <Icon name={tone} />
              <span class="sr-only">breaker to {to}: </span>
              {text}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Node({ name, service }: { name: string; service: LiveService }) {
  const [tone, text] = STATES[service.status];
  const faults = faultsOf(service.chaos);
  return (
    <a class={`node ${tone} ${faults ? 'disturbed' : ''}`} href={`#/chaos?service=${name}`}>
      <span class="node-name">{name}</span>
      <span class={`node-state ${tone}`}>
        <Icon name={tone} />
        <span class={layout.value === NARROW ? 'sr-only' : ''}>{text}</span>
      </span>
      <span class="node-what">
        {faults ? (
          <>
            <Icon name="chaos" /> {faults}
          </>
        ) : (
          WHAT[name]
        )}
      </span>
      <span class="node-rates">
        {rate(service.requests)}/s
        {service.errors > 0 && <span class="bad-text">{rate(service.errors)} errors/s</span>}
      </span>
    </a>
  );
}

/** Three are enough to tell a trickle from a flood. */
function speed(target: LiveService | undefined): string {
  const requests = target?.requests ?? 0;
  return requests > 50 ? 'fast' : requests > 5 ? 'brisk' : 'calm';
}
