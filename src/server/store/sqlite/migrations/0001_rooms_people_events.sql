CREATE TABLE room (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  history INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  likeness TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL
) STRICT;

CREATE TABLE session (
  token_hash BLOB PRIMARY KEY,
  person INTEGER NOT NULL REFERENCES person (id)
) STRICT, WITHOUT ROWID;

-- The logs: a room's events stand beside each other, in order.
CREATE TABLE event (
  room INTEGER NOT NULL REFERENCES room (id),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  author INTEGER NOT NULL REFERENCES person (id),
  -- What the author was called at that moment.
  name TEXT NOT NULL,
  cid TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- As it was written; empty once its message is deleted.
  body TEXT,
  reply_to INTEGER,
  -- The message that it is about.
  of INTEGER,
  emoji TEXT,
  is_on INTEGER,
  -- How a message stands: the seq of the last edit, of the deletion, of the event that pinned it.
  edited INTEGER,
  deleted INTEGER,
  pinned INTEGER,
  PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- A send is one event for ever, however often it is repeated.
CREATE UNIQUE INDEX event_by_cid ON event (author, room, cid);

CREATE INDEX event_by_message ON event (room, of) WHERE of IS NOT NULL;

-- Who reacts now.
CREATE TABLE reaction (
  room INTEGER NOT NULL,
  of INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES person (id),
  name TEXT NOT NULL,
  PRIMARY KEY (room, of, emoji, person)
) STRICT, WITHOUT ROWID;

-- Written to find out whether anything can be written.
CREATE TABLE probe (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  count INTEGER NOT NULL
) STRICT;

INSERT INTO probe VALUES (1, 0);
