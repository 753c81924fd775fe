import { compression } from './compression.js';
import { flashSale } from './flash-sale.js';
import { footprint } from './footprint.js';
import { growth } from './growth.js';
import * as placing from './placing.js';
import { reading } from './reading.js';
import { recovery } from './recovery.js';
import { streams } from './streams.js';
import { webhooks } from './webhooks.js';

export const parts = { ...placing, flashSale, reading, compression, recovery, footprint, growth, streams, webhooks };
