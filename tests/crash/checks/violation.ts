import type { Audit } from '@oms/shared/contracts/operations';
import type { AuditWatch } from '../audit-watch.ts';
import type { FeedReader } from '../feed-reader.ts';
import type { Records } from '../records.ts';
import type { StockWatch } from '../stock-watch.ts';
import type { Told } from '../told.ts';

export interface Violation {
  rule: string;
  id: string;
  detail: string;
}

/** All that the checks compare: what clients saw and were told, and what is on record. */
export interface Evidence {
  told: Told;
  feed: FeedReader;
  stock: StockWatch;
  audit: AuditWatch;
  lastAudit: Audit | undefined;
  records: Records;
}
