CREATE INDEX notifications_of_order ON docs ((tags->>'orderId'), id) WHERE tags->>'orderId' IS NOT NULL;
CREATE INDEX notifications_in_status ON docs ((tags->>'status'), id) WHERE tags->>'status' IS NOT NULL;
