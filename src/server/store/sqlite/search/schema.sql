-- Derived from the logs alone: it can be thrown away at any time.

-- How far each room's log was read, in which life of it.
CREATE TABLE place (
  room INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL
) STRICT;

-- The messages that stand, in the order of time. The text is kept as it is compared: without it nothing could be taken
-- out of what follows.
CREATE TABLE post (
  id INTEGER PRIMARY KEY,
  room INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  author INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX post_by_place ON post (room, seq);

-- Between which messages those of a day are. Clocks go back at times: days may overlap.
CREATE TABLE day (
  day INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL
) STRICT;

-- Which messages hold which three characters. Where and by whom they were written are words as well. Positions are not
-- kept, since the text is looked at in any case: that is a third of the size.
CREATE VIRTUAL TABLE gram USING fts5 (
  body, room, author, content = '', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1'
);

-- Which messages hold which two characters, where one is of a script whose words are as short as that.
CREATE VIRTUAL TABLE pair USING fts5 (
  body, room, author, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);

-- What is taken out is gone, and not only marked as such.
INSERT INTO gram (gram, rank) VALUES ('secure-delete', 1);
INSERT INTO pair (pair, rank) VALUES ('secure-delete', 1);
