import { expect, it } from '@jest/globals';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { type Heard, withEvent } from './heard.ts';

const event = (document: string, version: number, time = `2026-01-01T00:00:0${version}Z`): CloudEvent => ({
  ...{ specversion: '1.0', id: `${document}:${version}`, source: '/shipping', type: 'shipment.created', subject: 'O1' },
  ...{ time, datacontenttype: 'application/json', sequence: String(version), data: {} },
});
const heard = (...events: CloudEvent[]) => events.reduce(withEvent, undefined as Heard | undefined) as Heard;

it('an event that comes again is known by its number, also after later ones', () => {
  const known = heard(event('shipment/S1', 1), event('shipment/S1', 2));
  expect(withEvent(known, event('shipment/S1', 1))).toBe(known);
  expect(withEvent(known, event('shipment/S1', 2))).toBe(known);
  expect(withEvent(known, event('shipment/S1', 3))).not.toBe(known);
});

it('each parcel of an order counts its own events', () => {
  const known = heard(event('shipment/S1', 1));
  expect(withEvent(known, event('shipment/S2', 1))).not.toBe(known);
});

it('other events under the numbers of old ones are new: their service was restored from a backup', () => {
  const known = heard(event('shipment/S1', 1), event('shipment/S1', 2));
  expect(withEvent(known, event('shipment/S1', 2, '2026-01-02T00:00:00Z'))).not.toBe(known);
});
