import { expect, it } from '@jest/globals';
import { Cut } from './cut.ts';

it('a cut calls every listener once, with the first reason, and none that was removed', () => {
  const cut = new Cut();
  const told: string[] = [];
  const gone = () => void told.push('gone');
  cut.addEventListener('abort', () => void told.push(`${cut.reason}`));
  cut.addEventListener('abort', gone);
  cut.removeEventListener('abort', gone);
  expect([cut.aborted, cut.reason]).toEqual([false, undefined]);
  for (const reason of ['first', 'second']) cut.abort(reason);
  expect([cut.aborted, cut.reason, told]).toEqual([true, 'first', ['first']]);
});
