CREATE INDEX orders_of_customer ON docs ((tags->>'customerId'), id);
CREATE INDEX orders_in_status ON docs ((tags->>'status'), id);
CREATE INDEX orders_with_saga ON docs ((tags->>'saga'), id) WHERE tags->>'saga' IS NOT NULL;
CREATE INDEX orders_unfinished ON docs ((tags->>'unfinished'), id) WHERE tags->>'unfinished' IS NOT NULL;
