import type { Logger } from '@oms/shared/telemetry/logger';
import { type Channel, masked } from './channels.ts';

/** For development: a log line instead of a message. */
export const logChannel = (log: Logger): Channel => ({
  name: 'log',
  async send({ id, orderId, kind, to, subject }) {
    log.info('notification', { id, orderId, kind, to: masked(to), subject });
  },
  async close() {},
});
