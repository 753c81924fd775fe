import type { Promised } from './rows.ts';

/** Mutations that concern webhooks. */
export const OF_WEBHOOKS: readonly Promised[] = [
  {
    name: 'an event is kept once for all webhooks, however often it is read',
    file: 'services/notification/src/domain/heard.ts',
    from: 'if (newest && version <= newest.version && at <= newest.at) return heard;',
    to: 'if (newest && version < 0 && at <= newest.at) return heard;',
  },
  {
    name: 'only a 2xx takes an event off: an outage loses nothing',
    file: 'services/notification/src/webhooks/post.ts',
    from: 'if (status >= 200 && status < 300) return { status };',
    to: 'if (status >= 200) return { status };',
  },
  {
    name: 'one event of an order is under way at a time',
    file: 'services/notification/src/webhooks/courier.ts',
    from: 'if (this.#underWay.has(key) || (failed && this.#again.size >= MOST_AGAIN)) continue;',
    to: 'if (failed && this.#again.size >= MOST_AGAIN) continue;',
  },
  {
    name: 'an order whose delivery fails holds back no other',
    file: 'services/notification/src/webhooks/queue.ts',
    from: 'return this.waiting.filter((waiting) => isDue(waiting, now));',
    to: 'return this.waiting.every((waiting) => isDue(waiting, now)) ? this.waiting : [];',
  },
  {
    name: 'a webhook has few deliveries at once, and waits for no other webhook',
    file: 'services/notification/src/webhooks/courier.ts',
    from: 'const AT_ONCE = 20;',
    to: 'const AT_ONCE = 2_000;',
  },
  {
    name: 'what waits is written together with the place in the feed',
    file: 'services/notification/src/webhooks/journal.ts',
    from: 'this.#progress = { ...this.#progress, place, waiting, logged: logged + fresh.length };',
    to: 'this.#progress = { ...this.#progress, place, waiting: waiting.slice(0, 0), logged: logged + fresh.length };',
  },
  {
    name: 'a replica that delivers no more cannot write how far it is',
    file: 'services/notification/src/webhooks/records.ts',
    from: "        if (known?.holder !== holder) throw new Error('another replica has taken over');\n",
    to: '',
  },
  {
    name: 'a removed webhook is not delivered to, not even by another replica',
    file: 'services/notification/src/webhooks/deliverer.ts',
    from: 'const gone = [...couriers].filter(([id]) => !active.has(id));',
    to: 'const gone = [...couriers].filter(([id]) => active.size < 0 && !active.has(id));',
  },
  {
    name: 'what a name leads to is checked when the connection is made (SSRF, DNS rebinding)',
    file: 'services/notification/src/webhooks/receivers.ts',
    from: 'const transport = transportTo(lookUp, isPublic);',
    to: 'const transport = transportTo(lookUp, () => true);',
  },
  {
    name: 'the secret of a webhook is in one answer',
    file: 'services/notification/src/webhooks/routes.ts',
    from: 'return { id, url, events: [...events], description, status, ...reason, ...times };',
    to: 'return { ...webhook, events: [...events], ...reason, ...times };',
  },
];
