-- Where the readers of feeds stand, and who reads for them until when.
CREATE TABLE bookmarks (
  name       text COLLATE "C" PRIMARY KEY,
  holder     text   NOT NULL,
  place      text   NOT NULL,
  held_until bigint NOT NULL
);
