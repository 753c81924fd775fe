import type { StoredEvent } from '@oms/shared/store/store';
import type { Violation } from '../crash/checks/violation.ts';
import type { Records } from '../crash/records.ts';
import { privateTo } from './people.ts';
import type { Encounter, Witness } from './witness.ts';

/**
 * No customer sees or changes what belongs to another. The owner of an order is known by the address in it; the sender of
 * a request, by its trace.
 */
export const ownership = ({ encounters }: Pick<Witness, 'encounters'>) =>
  function* ({ records }: { records: Records }): Iterable<Violation> {
    const placed = records.orderEvents.filter(({ type }) => type === 'order.placed');
    const names = new Set([...encounters.values()].map(({ person }) => person.name));
    const owners = new Map(placed.map((event) => [event.stream, ownerOf(event, names)]));
    const things = [...owners].flatMap(([id, owner]) => secretsOf(id, records).map((text) => ({ text, owner })));
    for (const name of names) things.push({ text: privateTo(name), owner: name });

    for (const [id, encounter] of encounters) yield* seen(id, encounter, things);
    for (const events of [records.orderEvents, records.paymentEvents, records.shipmentEvents, records.stockEvents])
      for (const event of events) yield* changed(event, encounters.get(event.traceId), owners);
  };

function* seen(id: string, { person, request, body }: Encounter, things: readonly Thing[]): Iterable<Violation> {
  const { name, role } = person;
  if (role === 'operator' || body === '') return;
  const asked = () => `${request.path} ${request.body} ${JSON.stringify(request.headers)}`;
  for (const { text, owner } of things) {
    if (owner === name || !body.includes(text) || asked().includes(text)) continue;
    const what = `${request.method} ${request.path}`;
    yield { rule: 'seen', id, detail: `${name} was told ${text} of ${owner} by ${what}: ${body}` };
  }
}

interface Thing {
  text: string;
  owner: string | undefined;
}

function* changed(
  { type, stream, data }: StoredEvent,
  by: Encounter | undefined,
  owners: ReadonlyMap<string, string | undefined>,
): Iterable<Violation> {
  if (!by || by.person.role === 'operator') return;
  const { name } = by.person;
  const {
    orderId = stream,
    customer,
    charges,
  } = data as {
    orderId?: string;
    customer?: { id: string };
    charges?: readonly unknown[];
  };
  const what = `${type} by ${by.request.method} ${by.request.path} of ${name}`;
  if (owners.get(orderId) !== name) yield { rule: 'changed', id: orderId, detail: what };
  if (charges) yield { rule: 'changed', id: orderId, detail: `${what} with charges` };
  if (customer && customer.id !== name)
    yield { rule: 'changed', id: orderId, detail: `${what} in the name of ${customer.id}` };
}

/** Ids that only their owner may see. */
function secretsOf(id: string, { orders }: Records): string[] {
  const { payment, shipment, parts } = orders.get(id)?.data.order ?? {};
  const parcels = [shipment, ...(parts?.parcels ?? [])].flatMap((one) => [one?.id, one?.trackingNumber]);
  return [...new Set([id, payment?.id, ...parcels])].filter((text) => text !== undefined);
}

function ownerOf({ data }: StoredEvent, names: ReadonlySet<string>): string | undefined {
  const { street = '' } = (data as { shippingAddress?: { street: string } }).shippingAddress ?? {};
  return [...names].find((name) => street.startsWith(`${privateTo(name)} `));
}
