import type { Evidence, Violation } from './violation.ts';

/** The services' own audit finds no discrepancy, neither during the run nor at the end. */
export function* audit({ audit: watch, lastAudit, records }: Evidence): Iterable<Violation> {
  for (const alarm of watch.alarms) yield { rule: 'audit', id: 'an alarm', detail: alarm };
  if (!lastAudit) yield { rule: 'audit', id: 'the last', detail: `was not answered, but ${watch.refusal}` };
  else if (lastAudit.inFlight > 0 || lastAudit.checkedOrders !== records.orders.size) {
    const { checkedOrders, inFlight } = lastAudit;
    yield {
      rule: 'audit',
      id: 'the last',
      detail: `${checkedOrders} of ${records.orders.size}, ${inFlight} in flight`,
    };
  }
}
