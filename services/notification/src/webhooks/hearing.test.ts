import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { captured, NotificationService, placed } from '../../test/notification-service.ts';
import { orderOf } from './documents.ts';

let service: NotificationService;
beforeEach(async () => {
  service = await NotificationService.start();
});
afterEach(() => service.stop());

const kept = async () => (await service.parts.store.events({ limit: 100 })).filter((event) => orderOf(event));
const subscribe = async () =>
  (await service.post('/webhooks', { url: 'http://127.0.0.1:9/', events: ['order.*'] })).body;

it('without webhooks nothing is kept for them, also after the last one was removed', async () => {
  await service.hear([placed('O1')]);
  const { id } = await subscribe();
  await service.delete(`/webhooks/${id}`);
  await service.hear([placed('O1')]);
  expect(await kept()).toEqual([]);
});

it('an event is kept once for all webhooks, whoever wants it, so that a changed one can have it', async () => {
  for (let i = 0; i < 3; i++) await subscribe();
  const events = [placed('O1'), captured('O1'), placed('O2')];
  await service.hear(events);
  await service.hear([...events].slice(1));
  expect((await kept()).map(({ data }) => data)).toEqual(events);
});
