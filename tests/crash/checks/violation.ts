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
  records: Records;
}

export type Check = (evidence: Evidence) => Iterable<Violation>;
