import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import type { Publisher } from '@oms/shared/events/relay';
import type { NewEvent, Store } from '@oms/shared/store/store';

/** A topic in memory, with the failures of a broker. */
export class Topic implements Publisher {
  readonly received: CloudEvent[] = [];
  readonly attempts: { topic: string; events: number }[] = [];
  closed = false;
  /** What happens to the next publications, in turn; undefined: nothing, as to all that follow. */
  troubles: ('away' | 'half taken' | 'answer lost' | undefined)[] = [];
  /** Publications wait for this. */
  ready: Promise<void> | undefined;

  async publish(topic: string, events: readonly CloudEvent[]): Promise<void> {
    this.attempts.push({ topic, events: events.length });
    const trouble = this.troubles.shift();
    await this.ready;
    await new Promise((resolve) => setImmediate(resolve));
    const taken = trouble === 'away' ? 0 : trouble === 'half taken' ? Math.ceil(events.length / 2) : events.length;
    this.received.push(...events.slice(0, taken));
    if (trouble) throw new Error(`the broker: ${trouble}`);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** The events that a reader has seen, by source and id. */
  firsts(): CloudEvent[] {
    const seen = new Map<string, CloudEvent>();
    for (const event of this.received) {
      const key = `${event.source} ${event.id}`;
      if (!seen.has(key)) seen.set(key, event);
    }
    return [...seen.values()];
  }

  /** For every subject, the sequence in which its events came first. */
  sequences(): Record<string, number[]> {
    const sequences: Record<string, number[]> = {};
    for (const { subject, sequence } of this.firsts()) (sequences[subject] ??= []).push(Number(sequence));
    return sequences;
  }
}

/** The event of added stock. */
export const added = (productId: string, quantity: unknown = 1, at = Date.now()): NewEvent => ({
  stream: `product/${productId}`,
  type: 'stock.added',
  at,
  traceId: 'a'.repeat(32),
  data: { productId, quantity, note: 'for insiders' },
});

export async function happen(store: Store<unknown>, ...events: NewEvent[]): Promise<void> {
  const ids = [...new Set(events.map(({ stream }) => stream))];
  await store.write(ids, undefined, () => ({ put: ids.map((id) => ({ id, data: {} })), events }));
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
