import type { ServiceParts } from '../http/app.ts';
import type { Told } from './cloud-event.ts';

/** Says which events could not be told, once the others were. */
export function passOver(
  misfits: Told['misfits'],
  { log, metrics }: Pick<ServiceParts<unknown>, 'log' | 'metrics'>,
): void {
  for (const { event, error } of misfits) {
    metrics.eventsPassedOver.inc({ type: event.type });
    log.error('an event does not fit its contract and is passed over', { event: event.id, type: event.type, error });
  }
}
