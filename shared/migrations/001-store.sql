-- What a service knows. An id sorts by its bytes, as everywhere else.
CREATE TABLE docs (
  id      text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  data    json    NOT NULL,
  tags    jsonb   NOT NULL,
  due_at  bigint
);
CREATE INDEX docs_due ON docs (due_at) WHERE due_at IS NOT NULL;

-- What happened, and at the same time what is still to be published.
CREATE TABLE events (
  position bigint  PRIMARY KEY,
  stream   text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  type     text    NOT NULL,
  at       bigint  NOT NULL,
  trace_id text    NOT NULL,
  data     json    NOT NULL,
  UNIQUE (stream, version)
);

-- The position of the newest event. Its row is locked from the moment positions are taken until they are committed: a
-- reader never sees a position before those below it.
CREATE TABLE feed (one boolean PRIMARY KEY DEFAULT true CHECK (one), last bigint NOT NULL);
INSERT INTO feed (last) VALUES (0);

-- What requests were answered, by their Idempotency-Key.
CREATE TABLE requests (
  key         text COLLATE "C" PRIMARY KEY,
  fingerprint text   NOT NULL,
  answer      json,
  pending     text,
  expires_at  bigint NOT NULL
);
CREATE INDEX requests_expiry ON requests (expires_at);
