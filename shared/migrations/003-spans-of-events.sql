-- What wrote the event, in the trace that it belongs to: whatever the event causes goes on from there.
ALTER TABLE events ADD COLUMN span_id text;
