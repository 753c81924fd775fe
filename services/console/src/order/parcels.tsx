import type { Order } from '@oms/client';
import { oms } from '../data/api.ts';
import type { Parcel } from '../data/parcels.ts';
import { isOperator } from '../data/session.ts';
import { say } from '../ui/toast.tsx';
import { time } from '../words/format.ts';
import { isWhole, piecesText } from '../words/parts.ts';
import { statusText } from '../words/status.ts';

interface Shown {
  parcels: readonly Parcel[];
  order: Order;
}

/** The parcels of an order. The only one of a whole order needs no list of what is in it. */
export function Parcels({ parcels, order }: Shown) {
  const isOne = parcels.length === 1;
  const saysItems = !isOne || !isWhole(order);
  return (
    <section class="card">
      <h2>{isOne ? 'Shipment' : 'Parcels'}</h2>
      {parcels.map((parcel) => (
        <div key={parcel.id} class="parcel">
          {!isOne && <h3>{nameOf(parcel)}</h3>}
          {saysItems && parcel.items && <p>{piecesText(parcel.items, order.items)}</p>}
          <Journey parcel={parcel} />
          {isOperator.value && (
            <div class="button-row">
              <button type="button" class="small" onClick={() => openLabel(parcel)}>
                {isOne ? 'Open the label (PDF)' : `Open the label of ${nameOf(parcel).toLowerCase()} (PDF)`}
              </button>
            </div>
          )}
        </div>
      ))}
    </section>
  );
}

const nameOf = ({ parcel }: Parcel): string => (parcel === undefined ? 'Booked parcel' : `Parcel ${parcel}`);

function Journey({ parcel: { status, carrier, trackingNumber, shipment } }: { parcel: Parcel }) {
  return (
    <>
      <p>
        <strong>{statusText(status)}</strong> with {carrier}
        {shipment && `, about ${shipment.estimatedDeliveryDays} days`}
      </p>
      <p class="mono muted break">{trackingNumber}</p>
      {shipment && (
        <ol class="tracking">
          {shipment.history.map(({ status: was, at, location, notes }) => (
            <li key={at + was}>
              <span>{statusText(was)}</span>
              <span class="muted">{[time(at), location, notes].filter(Boolean).join(', ')}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** A link could not send a token. */
async function openLabel(parcel: Parcel): Promise<void> {
  const page = open('', '_blank');
  const label = await oms()
    .shipments.label(parcel)
    .catch(() => undefined);
  if (label && page) {
    page.location = URL.createObjectURL(label);
  } else {
    page?.close();
    say('bad', 'The label cannot be opened now.');
  }
}
