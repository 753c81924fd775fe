CREATE INDEX products_on_sale ON docs ((tags->>'onSale'), id) WHERE tags->>'onSale' IS NOT NULL;
CREATE INDEX products_in_category ON docs ((tags->>'category'), id) WHERE tags->>'category' IS NOT NULL;
