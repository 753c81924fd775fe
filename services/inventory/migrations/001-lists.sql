CREATE INDEX reservations_in_status ON docs ((tags->>'status'), id) WHERE tags->>'status' IS NOT NULL;
