import type { Promised } from './rows.ts';

/** What keeps requests, feeds and notifications to once. */
export const OF_EVENTS: readonly Promised[] = [
  {
    name: 'the answer is stored in the write that does what was asked',
    file: 'shared/src/http/idempotent.ts',
    from: 'return decide<D, R>(parts, ids, input, refusing);',
    to: 'return decide<D, R>(parts, ids, { ...input, request: undefined }, refusing);',
    machines: ['simulation', 'crash'],
  },
  {
    name: 'also when it comes to two replicas in the same moment',
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
    name: 'a commit whose answer was lost is found out, not guessed',
    file: 'shared/src/store/postgres-writer.ts',
    from: 'return rows[0]?.fingerprint === COMMITTED;',
    to: "return rows[0]?.fingerprint === COMMITTED && batch.id === '';",
    machines: ['crash'],
  },
  {
    name: 'nobody is told of an acceptance that has come to nothing meanwhile',
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
    from: "await handOverFeed(this.service, events.map(renderFeedEvent), 'publish', this.#publish, this.parts)",
    to: "handOverFeed(this.service, events.map(renderFeedEvent), 'publish', this.#publish, this.parts).catch(() => {})",
  },
  {
    name: "and only while it is the reader's",
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
    name: 'it is leased while it is sent',
    file: 'services/notification/src/domain/notification.ts',
    from: 'return { ...told, attempts: known.attempts + 1, dueAt: now + LEASE_MS };',
    to: 'return { ...told, attempts: known.attempts + 1, dueAt: now };',
  },
  {
    name: 'whoever was told of a refusal in the answer is not sent it, and nobody else is either',
    file: 'services/notification/src/intake.ts',
    from: '        if (unheard) changed.set(id, withheld(told, TOLD_IN_THE_ANSWER));\n',
    to: '',
  },
  {
    name: 'a reader that forgets has its place kept by the feed, for as long as there is that feed',
    file: 'shared/src/events/feed-source.ts',
    from: "feed === '' ? undefined : feed",
    to: "feed === '' ? undefined : undefined",
  },
  {
    name: 'it is written before it is sent, and sent when the channel is back',
    file: 'services/notification/src/sender.ts',
    from: "kind: error instanceof Refused ? 'refused' : 'failed'",
    to: "kind: error instanceof Refused || reason ? 'refused' : 'failed'",
  },
  {
    name: 'positions are taken under a lock that is held until the commit',
    file: 'shared/migrations/001-store.sql',
    from: `CREATE TABLE feed (one boolean PRIMARY KEY DEFAULT true CHECK (one), last bigint NOT NULL);
INSERT INTO feed (last) VALUES (0);`,
    // What a sequence gives is taken at once, whatever becomes of the transaction.
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
