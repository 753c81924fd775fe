/** What Postman itself runs. Each of these knows nothing but its arguments and `pm`: its source is put into the collection. */

import type { StockLevel } from '@oms/shared/contracts/inventory';

type Count = Exclude<keyof StockLevel, 'productId'>;
type Event = { type: string; data: Record<string, unknown> };
type Breaker = { name: string; state: string };
type Ledger = { items: { type: string; amount: number }[]; captured: number; refunded: number };

/** A request that waits for something is sent again after a moment. */
export function pause(): void {
  if (pm.collectionVariables.get('tries')) setTimeout(() => {}, 250);
}

/** Whether a wait is over, because what it waits for has happened or was waited for long enough; if not, goes on. */
export function isOver(hasHappened: boolean, request: string, mostTries: number): boolean {
  const tries = Number(pm.collectionVariables.get('tries') || 0) + 1;
  if (hasHappened || tries >= mostTries) {
    pm.collectionVariables.unset('tries');
    return true;
  }
  pm.collectionVariables.set('tries', tries);
  pm.execution.setNextRequest(request);
  return false;
}

/** An id that nobody has used: `{{newId}}` in this request, and kept for those that follow. */
export function makeNewId(keptAs: string): void {
  pm.variables.set('newId', pm.variables.replaceIn('postman-{{$guid}}'));
  pm.collectionVariables.set(keptAs, pm.variables.get('newId'));
}

/** The stock level before, to compare with. */
export function rememberLevel(): void {
  pm.sendRequest(pm.variables.replaceIn('{{inventoryUrl}}/inventory/prod1'), (_, answer) => {
    pm.collectionVariables.set('stockLevel', answer.text());
  });
}

/** How many there are before an order, to compare with. */
export function rememberAvailable(): void {
  pm.sendRequest(pm.variables.replaceIn('{{inventoryUrl}}/inventory/prod1'), (_, answer) => {
    const { available } = answer.json();
    pm.collectionVariables.set('availableBefore', available);
    pm.collectionVariables.set('tooMany', available + 1);
  });
}

/** How the level differs from the one that was remembered. */
export function differs(level: StockLevel, by: Partial<Record<Count, number>>): void {
  pm.expect(level.available).to.equal(level.onHand - level.reserved);
  const before = JSON.parse(String(pm.collectionVariables.get('stockLevel')));
  for (const [field, difference] of Object.entries(by))
    pm.expect(level[field as Count]).to.equal(before[field] + difference);
}

/** What is available is what is there and not reserved. */
export function addsUp({ available, onHand, reserved }: StockLevel): void {
  pm.expect(available).to.equal(onHand - reserved);
}

/** As long as there is a next page, the answer links to it. */
export function linksOn({ nextCursor }: { nextCursor: string | null }): void {
  if (nextCursor !== null) pm.expect(pm.response.headers.get('Link')).to.include(nextCursor);
}

/** What the ledger says was taken and given back is the sum of its movements. */
export function ledgerAddsUp({ items, captured, refunded }: Ledger): void {
  const cents = (amounts: number[]) => amounts.reduce((sum, amount) => sum + Math.round(amount * 100), 0);
  const sumOf = (wanted: string) =>
    cents(items.filter(({ type }) => type === wanted).map(({ amount }) => amount)) / 100;
  pm.expect(captured).to.equal(sumOf('CAPTURE'));
  pm.expect(refunded).to.equal(sumOf('REFUND'));
}

/** Some of what happened to an order, in this order, and what did not happen. */
export function tells({ events }: { events: Event[] }, wanted: string[], unwanted: string[] = []): void {
  const story = events.map(({ type, data }) => (data.step ? `${type} ${data.step}` : type));
  pm.expect(story.filter((told) => wanted.includes(told))).to.eql(wanted);
  for (const told of unwanted) pm.expect(story).to.not.include(told);
}

export function breakerIs({ breakers }: { breakers: Breaker[] }, wanted: string, state: string): void {
  pm.expect(breakers.find(({ name }) => name === wanted)?.state).to.equal(state);
}

export function isFirstAnswer(): void {
  pm.expect(pm.response.text()).to.equal(pm.collectionVariables.get('firstAnswer'));
}

export const hasNoSaga = ({ items }: { items: { orderId: string }[] }, keptAs: string): boolean =>
  items.every(({ orderId }) => orderId !== pm.collectionVariables.get(keptAs));
