import { REQUESTS_KEPT_MS } from './store.ts';

/** The statements of a batch, in their order. */

/** By the clock of the database, which all replicas share. */
const NOW_MS = '(extract(epoch FROM now()) * 1000)::bigint';
const EXPIRY = `${NOW_MS} + ${REQUESTS_KEPT_MS}`;

export const LOCK = 'SELECT id, version, data FROM docs WHERE id = ANY($1) ORDER BY id FOR UPDATE';

/** A document that was created while LOCK waited is invisible to LOCK, so that this looks for it once more. */
export const RECALL = `
SELECT NULL AS id, key, fingerprint, answer, pending FROM requests WHERE key = ANY($1) AND expires_at > ${NOW_MS}
UNION ALL
SELECT id, NULL, NULL, NULL, NULL FROM docs WHERE id = ANY($2)`;

export const WRITE = `
WITH created AS (
  INSERT INTO docs (id, version, data, tags, due_at)
  SELECT id, version, data::json, tags::jsonb, due_at
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint[]) AS n (id, version, data, tags, due_at)
), changed AS (
  UPDATE docs SET version = n.version, data = n.data::json, tags = n.tags::jsonb, due_at = n.due_at
  FROM unnest($6::text[], $7::int[], $8::text[], $9::text[], $10::bigint[]) AS n (id, version, data, tags, due_at)
  WHERE docs.id = n.id
), remembered AS (
  INSERT INTO requests (key, fingerprint, answer, pending, expires_at)
  SELECT key, fingerprint, answer::json, pending, ${EXPIRY}
  FROM unnest($11::text[], $12::text[], $13::text[], $14::text[]) AS n (key, fingerprint, answer, pending)
), settled AS (
  UPDATE requests SET answer = coalesce(requests.answer, n.answer::json)
  FROM unnest($15::text[], $16::text[]) AS n (key, answer)
  WHERE requests.key = n.key AND n.answer IS NOT NULL
)
DELETE FROM requests USING unnest($15::text[], $16::text[]) AS n (key, answer)
WHERE requests.key = n.key AND n.answer IS NULL AND requests.answer IS NULL`;

export const ANSWERS = 'SELECT key, answer FROM requests WHERE key = ANY($1) AND answer IS NOT NULL';

/**
 * Takes the place of a batch's mark, unless the mark is there: a batch not committed by then never will be. It writes in
 * either case, and so waits for a synchronous standby: a commit whose wait was broken off may yet be lost with its server.
 */
export const GIVE_UP = `
INSERT INTO requests (key, fingerprint, expires_at) VALUES ($1, 'given up', ${EXPIRY})
ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at`;

export const FORGET = `DELETE FROM requests WHERE expires_at <= ${NOW_MS}`;

export const APPEND = `
WITH f AS (UPDATE feed SET last = last + $1 RETURNING last - $1 AS base)
INSERT INTO events (position, stream, version, type, at, trace_id, data, span_id)
SELECT f.base + n.ordinal, n.stream, n.version, n.type, n.at, n.trace_id, n.data::json, n.span_id
FROM f, unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
  WITH ORDINALITY AS n (stream, version, type, at, trace_id, data, span_id, ordinal)`;

/** A `text[]` in PostgreSQL's binary form: nothing to quote here, nothing to parse there. */
export function texts(values: readonly (string | undefined)[]): Buffer {
  const sizes = values.map((value) => (value === undefined ? -1 : Buffer.byteLength(value)));
  const array = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), ARRAY_HEAD));
  let at = 0;
  for (const field of [1, 1, TEXT, values.length, 1]) at = array.writeInt32BE(field, at);
  values.forEach((value, i) => {
    at = array.writeInt32BE(sizes[i] as number, at);
    if (value !== undefined) at += array.write(value, at);
  });
  return array;
}

/** Dimensions, whether there are nulls, the type, the length, the first index. */
const ARRAY_HEAD = 20;
const TEXT = 25;
