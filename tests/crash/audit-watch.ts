import { setTimeout as pause } from 'node:timers/promises';
import type { Audit } from '@oms/shared/contracts/operations';
import type { Client } from './client.ts';

const FIRST_PAUSE_MS = 2_000;
/** An audit reads all records: the longer it takes, the longer the pause until the next. */
const PAUSE_PER_MS = 20;
const PATIENCE_MS = 60_000;
/** A circuit breaker that opened with the last fault blocks the audit for half a minute. */
const LAST_WITHIN_MS = 45_000;

/** Runs the services' own audit during load and faults: it must report no false alarm. */
export class AuditWatch {
  looks = 0;
  /** Why the newest request got no audit. */
  refusal = '';
  readonly alarms: string[] = [];

  constructor(
    private readonly client: Client,
    private readonly replicas: readonly string[],
  ) {}

  async run(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const startedAt = performance.now();
      await this.look();
      const waitMs = FIRST_PAUSE_MS + (performance.now() - startedAt) * PAUSE_PER_MS;
      await pause(waitMs, undefined, { signal: ended }).catch(() => {});
    }
  }

  /** After the faults. */
  async last(): Promise<Audit | undefined> {
    for (const until = performance.now() + LAST_WITHIN_MS; ; await pause(FIRST_PAUSE_MS)) {
      const audit = await this.look();
      if (audit || performance.now() > until) return audit;
    }
  }

  async look(): Promise<Audit | undefined> {
    const replica = this.replicas[this.looks % this.replicas.length] as string;
    const heard = await this.client.send(replica, 'GET', '/audit', { patienceMs: PATIENCE_MS });
    if (heard?.status !== 200) {
      this.refusal = heard ? `${heard.status} ${heard.body}` : 'nothing';
      return undefined;
    }
    this.looks++;
    const audit = JSON.parse(heard.body) as Audit;
    for (const { kind, id, detail } of audit.discrepancies) this.alarms.push(`${kind} ${id}: ${detail}`);
    return audit;
  }
}
