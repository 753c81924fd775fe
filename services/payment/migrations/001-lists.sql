CREATE INDEX payment_ids ON docs ((tags->>'paymentId'), id);
