import type { Logger } from '@oms/shared/telemetry/logger';
import { type Channel, masked } from './channels.ts';

/** For development, and for whoever follows the logs anyway: a line says what would have been sent. */
export const logChannel = (log: Logger): Channel => ({
  name: 'log',
  async send({ id, orderId, kind, to, subject }) {
    log.info('notification', { id, orderId, kind, to: masked(to), subject });
  },
  async close() {},
});
