CREATE INDEX orders_needing_attention ON docs ((tags->>'attention'), id) WHERE tags->>'attention' IS NOT NULL;
