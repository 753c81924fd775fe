CREATE INDEX shipment_ids ON docs ((tags->>'shipmentId'), id) WHERE tags->>'shipmentId' IS NOT NULL;
CREATE INDEX tracking_numbers ON docs ((tags->>'trackingNumber'), id) WHERE tags->>'trackingNumber' IS NOT NULL;
CREATE INDEX kinds ON docs ((tags->>'kind'), id);
