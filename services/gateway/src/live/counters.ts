/** The counters of a service, summed up from its metrics in Prometheus' text format. */
export interface Counters {
  requests: number;
  errors: number;
  /** Orders that reached a status. */
  orders: Record<string, number>;
  sagas: { running: number; stuck: number };
}

const LINE = /^(http_request_duration_seconds_count|orders_total|sagas_unfinished)\{(.*)\} (\S+)$/gm;
const LABEL = /(\w+)="([^"]*)"/g;

export const nothing = (): Counters => ({ requests: 0, errors: 0, orders: {}, sagas: { running: 0, stuck: 0 } });

export function countersIn(metrics: string): Counters {
  const counters = nothing();
  for (const [, name, labelled = '', value] of metrics.matchAll(LINE)) {
    const labels = Object.fromEntries([...labelled.matchAll(LABEL)].map(([, key, text]) => [key, text])) as Labels;
    const count = Number(value);
    if (name === 'orders_total') counters.orders[labels.status] = count;
    else if (name === 'sagas_unfinished') counters.sagas[labels.state as 'running'] = count;
    else {
      counters.requests += count;
      if (failed(labels)) counters.errors += count;
    }
  }
  return counters;
}

type Labels = Record<'method' | 'status' | 'state', string>;

/** 499: the connection was closed without an answer; a client that only reads may do so. */
const failed = ({ status, method }: Labels): boolean =>
  Number(status) >= 500 || (status === '499' && method !== 'GET' && method !== 'HEAD');

/** The increase since the last reading. A counter that went back has started again at 0. */
export function growth(now: number, before: number): number {
  return now >= before ? now - before : now;
}
