import type { Promised } from './rows.ts';

/** Mutations that concern idempotency, feeds and notifications. */
export const OF_EVENTS: readonly Promised[] = [
  {
    name: 'the answer is stored in the write that carries the request out',
    file: 'shared/src/http/idempotent.ts',
    from: 'return decide<D, R>(parts, ids, input, refusing);',
    to: 'return decide<D, R>(parts, ids, { ...input, request: undefined }, refusing);',
    machines: ['simulation', 'crash'],
  },
  {
    name: 'a request that reaches two replicas at once is carried out once',
    file: 'shared/migrations/001-store.sql',
    from: '  key         text COLLATE "C" PRIMARY KEY,',
    to: '  key         text COLLATE "C",',
    needs: 'build',
  },
  {
    name: 'on PostgreSQL keys expire by its clock, not by that of a replica',
    file: 'shared/src/store/postgres-batch.ts',
    from: "this.client.query({ name: 'recall', text: RECALL, values: [keys, ids] }),",
    to: "this.client.query({\n        text: RECALL.replace('(extract(epoch FROM now()) * 1000)::bigint', String(Date.now())),\n        values: [keys, ids],\n      }),",
  },
  {
    name: 'whether a commit succeeded is looked up when its answer was lost',
    file: 'shared/src/store/postgres-writer.ts',
    from: 'return rows[0]?.fingerprint === COMMITTED;',
    to: "return rows[0]?.fingerprint === COMMITTED && batch.id === '';",
  },
  {
    name: 'a request is not answered as accepted when its order was rejected meanwhile',
    file: 'services/order/src/runner/requests.ts',
    from: "const underWay = order.saga?.name === request.saga && order.saga.phase === 'forward';",
    to: 'const underWay = request.saga.length > 0;',
  },
  {
    name: 'after a 503 the same key tries again, and nothing is left of the first try',
    file: 'services/order/src/book/order-book.ts',
    from: '(answer.status < 500 ? answer : undefined);',
    to: '(answer.status < 600 ? answer : undefined);',
  },
  {
    name: "a reader's bookmark moves after its step",
    file: 'shared/src/events/relay.ts',
    from: "await handOverFeed(this.service, events.map(renderFeedEvent), 'toKafka', this.#publish, this.parts)",
    to: "handOverFeed(this.service, events.map(renderFeedEvent), 'toKafka', this.#publish, this.parts).catch(() => {})",
  },
  {
    name: 'a bookmark is moved only by the reader that holds it',
    file: 'shared/src/store/postgres-bookmarks.ts',
    from: "WHERE name = $1 AND holder = $2'",
    to: "WHERE name = $1 AND $2::text IS NOT NULL'",
  },
  {
    name: "the id of a notification follows from its event's",
    file: 'services/notification/src/documents.ts',
    from: '`${source}\\n${id}`',
    to: '`${source}\\n${id}${Math.random()}`',
    machines: ['simulation'],
  },
  {
    name: 'a notification has a lease while it is sent',
    file: 'services/notification/src/domain/notification.ts',
    from: 'return { ...told, attempts: known.attempts + 1, dueAt: now + LEASE_MS };',
    to: 'return { ...told, attempts: known.attempts + 1, dueAt: now };',
  },
  {
    name: 'a refusal that was the answer to a request is sent to nobody',
    file: 'services/notification/src/intake.ts',
    from: '        if (unheard) changed.set(id, withheld(told, TOLD_IN_THE_ANSWER));\n',
    to: '',
  },
  {
    name: 'messages go to the address and the number of the token, whatever an order names',
    file: 'services/order/src/api/access.ts',
    from: 'customer: { ...given, id, email, phone } };',
    to: 'customer: { email, phone, ...given, id } };',
  },
  {
    name: 'a change of status that follows from a part of an order is not told once more',
    file: 'services/notification/src/domain/occasion.ts',
    from: '  if (inParts && TOLD_IN_PARTS.has(newStatus)) return undefined;\n',
    to: '',
  },
  {
    name: 'an answer that names no message does not make a text message a sent one',
    file: 'services/notification/src/sms-channel.ts',
    from: '  if (!message) throw new Error(`Twilio answered ${status}, but named no message`);\n',
    to: '  if (!message) return;\n',
  },
  {
    name: 'the feed keeps the bookmark of a reader whose own store is not durable',
    file: 'shared/src/events/feed-source.ts',
    from: "isKept && feed !== '' ? feed : undefined",
    to: 'isKept ? undefined : undefined',
  },
  {
    name: 'a notification is written before it is sent, and retried until the channel is back',
    file: 'services/notification/src/sender.ts',
    from: "kind: error instanceof Refused ? 'refused' : 'failed'",
    to: "kind: error instanceof Refused || reason ? 'refused' : 'failed'",
  },
  {
    name: 'positions are taken under a lock that is held until the commit',
    file: 'shared/migrations/001-store.sql',
    from: `CREATE TABLE feed (one boolean PRIMARY KEY DEFAULT true CHECK (one), last bigint NOT NULL);
INSERT INTO feed (last) VALUES (0);`,
    // A sequence gives a number immediately, even if the transaction is rolled back.
    to: `CREATE SEQUENCE positions MINVALUE 0 START 0;
SELECT nextval('positions');
CREATE VIEW feed AS SELECT pg_sequence_last_value('positions') AS last;
CREATE FUNCTION take_positions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_lock(1);
  NEW.last := pg_sequence_last_value('positions') + NEW.last - OLD.last;
  PERFORM setval('positions', NEW.last);
  PERFORM pg_advisory_unlock(1);
  RETURN NEW;
END $$;
CREATE TRIGGER taken INSTEAD OF UPDATE ON feed FOR EACH ROW EXECUTE FUNCTION take_positions();`,
    machines: ['crash'],
  },
];
