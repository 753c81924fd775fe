import type { LiveSystem } from '@oms/shared/contracts/gateway';
import { useEffect } from 'preact/hooks';
import { connection, past, rows, rowsVersion, system } from '../data/live.ts';
import { pagesOf } from '../data/order-pages.ts';
import { placedPerSecond } from '../data/outcomes.ts';
import { OrderBadge } from '../ui/badge.tsx';
import { Head } from '../ui/head.tsx';
import { Empty, Loading } from '../ui/states.tsx';
import { money, number, rate, shortId } from '../words/format.ts';
import { Chart } from './chart.tsx';
import { Picture } from './picture.tsx';

const LATEST = 8;
const SMOOTHED_SAMPLES = 3;

export function LiveView() {
  const now = system.value;
  return (
    <>
      <Head
        title="Live"
        lead={
          <>
            Every order travels through here. <a href="#/orders?place">Place one</a>,{' '}
            <a href="#/chaos">break something</a>, and watch it recover.
          </>
        }
      />
      {now ? <Tiles now={now} /> : <Waiting />}
      {now && (
        <section class="card" aria-labelledby="services">
          <h2 id="services">Services</h2>
          <Picture system={now} />
        </section>
      )}
      <div class="columns">
        <section class="card" aria-labelledby="outcomes">
          <h2 id="outcomes">What became of orders</h2>
          <Chart past={past.value} now={now ? Date.parse(now.at) : Date.now()} />
        </section>
        <section class="card" aria-labelledby="latest">
          <h2 id="latest">Latest orders</h2>
          <Latest />
        </section>
      </div>
    </>
  );
}

function Waiting() {
  if (connection.value !== 'reconnecting') return <Loading what="the picture" />;
  return (
    <Empty icon="warn" title="The gateway does not answer.">
      The page looks for it again by itself.
    </Empty>
  );
}

function Tiles({ now }: { now: LiveSystem }) {
  const { services, sagas } = now;
  const { requests = 0, errors = 0 } = services.gateway ?? {};
  return (
    <dl class="tiles">
      <Tile name="Orders a second" value={rate(placedPerSecond(past.value, SMOOTHED_SAMPLES))} />
      <Tile name="Requests a second" value={rate(requests)} />
      <Tile name="Errors a second" value={rate(errors)} tone={errors > 0 ? 'warn' : undefined} />
      <Tile name="Sagas under way" value={number(sagas.running)} />
      <Tile
        name="Need an operator"
        value={number(sagas.stuck)}
        tone={sagas.stuck > 0 ? 'bad' : undefined}
        href="#/orders?status=STUCK"
      />
    </dl>
  );
}

interface Shown {
  name: string;
  value: string;
  tone?: string | undefined;
  href?: string;
}

const Tile = ({ name, value, tone, href }: Shown) => (
  <div class={`tile ${tone ?? ''}`}>
    <dt>{name}</dt>
    <dd>{href ? <a href={href}>{value}</a> : value}</dd>
  </div>
);

function Latest() {
  useEffect(() => {
    const pages = pagesOf({ status: '', search: '' });
    if (rows.size < LATEST) void pages.more();
  }, []);
  void rowsVersion.value;
  const latest = rows.newestFirst().slice(0, LATEST);
  if (latest.length === 0) {
    return (
      <Empty icon="orders" title="No orders yet.">
        <a href="#/orders?place">Place the first one</a>
      </Empty>
    );
  }
  return (
    <ul class="latest">
      {latest.map(({ id, items, total, currency, status }) => (
        <li key={id}>
          <a href={`#/orders/${id}`} class="mono">
            {shortId(id)}
          </a>
          <span class="ellipsis">{items}</span>
          <span class="figure">{money(total, currency)}</span>
          <OrderBadge status={status} />
        </li>
      ))}
    </ul>
  );
}
