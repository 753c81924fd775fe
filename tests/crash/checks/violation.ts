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

/** All that the checks compare: the answers to clients, the faults, and the records. */
export interface Evidence {
  told: Told;
  feeds: Record<Service, FeedReader>;
  stock: StockWatch;
  audit: AuditWatch;
  lastAudit: Audit | undefined;
  striker: Striker;
  processes: readonly ServiceProcess[];
  /** Sagas and deliveries that were unfinished a minute after the last fault. */
  left: number;
  records: Records;
  /** By the order service, as far as its processes have counted it. */
  copiesRead: number;
}
