import type { Audit } from '@oms/client';
import { loadAudit } from '../data/requests.ts';
import { useLoaded } from '../data/use-loaded.ts';
import { Head } from '../ui/head.tsx';
import { Icon } from '../ui/icon.tsx';
import { Show } from '../ui/states.tsx';
import { number, time } from '../words/format.ts';

const RULES = [
  'Of every product: what was there at first and was added is available, reserved or shipped, but for what came back.',
  'Of every order: what was captured less what was refunded is what its status says.',
  'No reservation, authorization or shipment is left without a live order that wants it.',
  'Nothing was done twice.',
];

export function AuditView() {
  const loaded = useLoaded(async (signal) => ({ audit: await loadAudit(signal), at: new Date().toISOString() }));
  return (
    <>
      <Head title="Audit" lead="The books of all services, held against each other.">
        <button type="button" class="primary" onClick={loaded.reload}>
          Look again
        </button>
      </Head>
      <Show loaded={loaded} what="the books">
        {(found) => <Books {...found} />}
      </Show>
      <section class="card" aria-labelledby="rules">
        <h2 id="rules">What must hold</h2>
        <ul class="rules">
          {RULES.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Books({ audit: { balanced, checkedOrders, inFlight, discrepancies }, at }: { audit: Audit; at: string }) {
  return (
    <>
      <section class={`verdict ${balanced ? 'ok' : 'bad'}`} aria-live="polite">
        <Icon name={balanced ? 'ok' : 'bad'} />
        <div>
          <h2>{balanced ? 'Balanced' : 'Not balanced'}</h2>
          <p>
            {number(checkedOrders)} {checkedOrders === 1 ? 'order' : 'orders'} checked at {time(at)}
            {inFlight > 0 && `, ${number(inFlight)} of them still under way`}
          </p>
        </div>
      </section>
      {discrepancies.length > 0 && (
        <section class="card" aria-labelledby="where">
          <h2 id="where">Where not</h2>
          <ul class="discrepancies">
            {discrepancies.map(({ kind, id, detail }) => (
              <li key={kind + id}>
                <p>
                  <strong>{kind}</strong>{' '}
                  <a href={`#/orders?search=${encodeURIComponent(id)}`} class="mono break">
                    {id}
                  </a>
                </p>
                <p class="muted">{detail}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
