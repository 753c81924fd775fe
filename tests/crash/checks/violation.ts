import type { Audit } from '@oms/shared/contracts/operations';
import type { ServiceProcess } from '../../support/service-process.ts';
import type { AuditWatch } from '../audit-watch.ts';
import type { Service } from '../cluster.ts';
import type { Striker } from '../faults.ts';
import type { FeedReader } from '../feed-reader.ts';
import type { Records } from '../records.ts';
import type { StockWatch } from '../stock-watch.ts';
import type { Told } from '../told.ts';

export interface Violation {
  rule: string;
  id: string;
  detail: string;
}

/** All that the checks compare: what clients saw and were told, what was done to the services, and what is on record. */
export interface Evidence {
  told: Told;
  feeds: Record<Service, FeedReader>;
  stock: StockWatch;
  audit: AuditWatch;
  lastAudit: Audit | undefined;
  striker: Striker;
  processes: readonly ServiceProcess[];
  /** Sagas and deliveries that had not come to their end a minute after everything was whole again. */
  left: number;
  records: Records;
}
