CREATE INDEX payments_in_doubt ON docs ((tags->>'doubt'), id) WHERE tags->>'doubt' IS NOT NULL;
UPDATE docs SET tags = tags || '{"doubt": "yes"}' WHERE data->>'open' IS NOT NULL;
