import type { LiveService, LiveSystem } from '@oms/shared/contracts/gateway';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { faultsOf } from '../words/faults.ts';
import { rate } from '../words/format.ts';
import { BREAKER, SERVICE } from '../words/status.ts';
import { narrowLayout, type Point, type RoutedArrow, wideLayout } from './picture-layout.ts';

const WIDE = wideLayout();
const NARROW = narrowLayout();
/** The width of the card below which the picture goes from top to bottom. */
const NARROW_PX = 693;

const WHAT: Record<string, string> = {
  gateway: 'lets you in',
  order: 'runs the sagas',
  product: 'knows the prices',
  inventory: 'holds the stock',
  payment: 'moves the money',
  shipping: 'sends the parcels',
  notification: 'tells the customers',
};

/** The services and the arrows between them, with the state of both. */
export function Picture({ system: { services } }: { system: LiveSystem }) {
  const frame = useRef<HTMLDivElement>(null);
  const layout = useSignal(WIDE);
  useLayoutEffect(() => {
    const card = frame.current?.parentElement as HTMLElement;
    const measure = () => (layout.value = card.offsetWidth < NARROW_PX ? NARROW : WIDE);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(card);
    return () => observer.disconnect();
  }, []);
  const { width, height, boxes, arrows } = layout.value;
  const at = ({ x, y }: Point) => ({ left: `${(x / width) * 100}%`, top: `${(y / height) * 100}%` });
  return (
    <div class="picture" ref={frame} style={{ aspectRatio: `${width} / ${height}` }}>
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
        {arrows.map(
          (arrow) => services[arrow.to] && <ArrowPath key={arrow.from + arrow.to} arrow={arrow} services={services} />,
        )}
      </svg>
      <ul class="nodes" aria-label="Services">
        {boxes.map(({ name, ...box }) => {
          const service = services[name];
          return (
            service && (
              <li key={name} class="node-place" style={at(box)}>
                <Node name={name} service={service} isNarrow={layout.value === NARROW} />
              </li>
            )
          );
        })}
      </ul>
      <ul class="breakers" aria-label="Circuit breakers of the order service">
        {arrows.map(({ from, to, breaker }) => {
          const state = from === 'order' && services.order?.breakers[to];
          if (!state) return null;
          const [tone, text] = BREAKER[state];
          return (
            <li key={to} class={`breaker ${tone}`} style={at(breaker)}>
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

function ArrowPath({
  arrow: { from, to, kind, path },
  services,
}: {
  arrow: RoutedArrow;
  services: LiveSystem['services'];
}) {
  const state = services[from]?.breakers[to] ?? 'CLOSED';
  const isMain = kind === 'forward' && to === 'order';
  const requests = services[to]?.requests ?? 0;
  const flows = (isMain || (kind === 'call' && from === 'order')) && state === 'CLOSED' && requests > 0.5;
  return (
    <g class={`edge ${kind} ${state.toLowerCase()} ${isMain ? 'main' : ''}`}>
      <path d={path} marker-end="url(#tip)" />
      {flows && <path class={`flow ${speed(requests)}`} d={path} />}
    </g>
  );
}

function Node({ name, service, isNarrow }: { name: string; service: LiveService; isNarrow: boolean }) {
  const [tone, text] = SERVICE[service.status];
  const faults = faultsOf(service.chaos);
  return (
    <a class={`node ${tone} ${faults ? 'disturbed' : ''}`} href={`#/chaos?service=${name}`}>
      <span class="node-name">{name}</span>
      <span class={`node-state ${tone}`}>
        <Icon name={tone} />
        <span class={isNarrow ? 'sr-only' : ''}>{text}</span>
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

/** Three speeds are enough to tell a trickle from a flood. */
const speed = (requests: number): string => (requests > 50 ? 'fast' : requests > 5 ? 'brisk' : 'calm');
