import type { Order } from '@oms/client';
import type { GivenBack } from '../data/given-back.ts';
import { money, time } from '../words/format.ts';
import { GIVEN_BACK, piecesText, whoText } from '../words/parts.ts';

/** What was given back of an order: money, goods or both; why, when, and by whom. */
export function GivenBackList({ given, order }: { given: readonly GivenBack[] | undefined; order: Order }) {
  if (given?.length === 0) return null;
  return (
    <section class="card">
      <h2>Given back</h2>
      {given ? (
        <ul class="given-back">
          {given.map((one) => (
            <li key={one.kind + one.number}>
              <p class="given-back-sum">
                <strong>{GIVEN_BACK[one.kind]}</strong>
                <span class="figure">{money(one.amount, one.currency)}</span>
              </p>
              {one.items.length > 0 && <p>{piecesText(one.items, order.items)}</p>}
              {one.reason && <p class="break">{one.reason}</p>}
              <p class="muted">{circumstances(one)}</p>
            </li>
          ))}
        </ul>
      ) : (
        <p class="hint">This cannot be looked up now.</p>
      )}
    </section>
  );
}

const circumstances = ({ at, by, restocked }: GivenBack): string =>
  [time(at), by && `by ${whoText(by)}`, restocked === false && 'not back to stock'].filter(Boolean).join(', ');
