ALTER TABLE room ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE room ADD COLUMN guests INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN announce INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
-- The time between two messages of one person, in seconds.
ALTER TABLE room ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;

UPDATE room SET guests = 1 WHERE key = 'lobby';

ALTER TABLE person RENAME COLUMN kind TO role;
ALTER TABLE person ADD COLUMN colour INTEGER;
-- As a PHC string; guests have none.
ALTER TABLE person ADD COLUMN password TEXT;
ALTER TABLE person ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
-- Until then, in milliseconds since 1970.
ALTER TABLE person ADD COLUMN banned INTEGER;
ALTER TABLE person ADD COLUMN ban_reason TEXT;
-- The account is closed.
ALTER TABLE person ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX one_owner ON person (role) WHERE role = 'owner';

ALTER TABLE session ADD COLUMN scopes INTEGER NOT NULL DEFAULT 15;
-- What an API token is for; a session has none.
ALTER TABLE session ADD COLUMN label TEXT;
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN expires INTEGER NOT NULL DEFAULT 9223372036854775807;

CREATE INDEX session_by_person ON session (person);
CREATE INDEX session_by_end ON session (expires);

-- Sessions that another program has ended, until the server has cut off what comes by them.
CREATE TABLE ended (
  token_hash BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Who has joined a room, and what they are there: member or moderator.
CREATE TABLE member (
  room INTEGER NOT NULL REFERENCES room (id),
  person INTEGER NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  PRIMARY KEY (room, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_by_person ON member (person);

-- How far somebody has read a room, joined or not.
CREATE TABLE reading (
  person INTEGER NOT NULL REFERENCES person (id),
  room INTEGER NOT NULL REFERENCES room (id),
  seq INTEGER NOT NULL,
  PRIMARY KEY (person, room)
) STRICT, WITHOUT ROWID;

-- Whom a message names.
CREATE TABLE mention (
  person INTEGER NOT NULL REFERENCES person (id),
  room INTEGER NOT NULL REFERENCES room (id),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- They do not want to hear from who said it. That is nobody else's business: the message reads as any other.
  quiet INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (person, room, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX mention_by_message ON mention (room, seq);

-- A message that names everybody in its room.
ALTER TABLE event ADD COLUMN to_all INTEGER;

-- Who may not speak in a room, and who may not be there.
CREATE TABLE mute (
  room INTEGER NOT NULL REFERENCES room (id),
  person INTEGER NOT NULL REFERENCES person (id),
  until INTEGER NOT NULL,
  PRIMARY KEY (room, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE ban (
  room INTEGER NOT NULL REFERENCES room (id),
  person INTEGER NOT NULL REFERENCES person (id),
  until INTEGER NOT NULL,
  reason TEXT,
  PRIMARY KEY (room, person)
) STRICT, WITHOUT ROWID;

-- Newcomers from there are turned away, because of that person.
CREATE TABLE network_ban (
  network TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES person (id),
  until INTEGER NOT NULL,
  PRIMARY KEY (network, person)
) STRICT, WITHOUT ROWID;

-- Who does not want to hear from whom.
CREATE TABLE block (
  person INTEGER NOT NULL REFERENCES person (id),
  whom INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (person, whom)
) STRICT, WITHOUT ROWID;

CREATE TABLE invite (
  code_hash BLOB PRIMARY KEY,
  -- Without a room, to sign up.
  room INTEGER REFERENCES room (id),
  by INTEGER NOT NULL REFERENCES person (id),
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  uses_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What goes with a person who goes.
CREATE INDEX reaction_by_person ON reaction (person);
CREATE INDEX mute_by_person ON mute (person);
CREATE INDEX block_by_whom ON block (whom);

CREATE INDEX invite_by_person ON invite (by);
CREATE INDEX invite_by_room ON invite (room);

CREATE TABLE report (
  id INTEGER PRIMARY KEY,
  room INTEGER NOT NULL REFERENCES room (id),
  -- The message; none for a draft that was held back.
  seq INTEGER,
  author INTEGER NOT NULL REFERENCES person (id),
  by INTEGER REFERENCES person (id),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  held TEXT,
  reply_to INTEGER,
  outcome TEXT,
  settled_by INTEGER REFERENCES person (id)
) STRICT;

CREATE INDEX report_open ON report (room, id) WHERE outcome IS NULL;
CREATE INDEX report_held ON report (author) WHERE outcome IS NULL AND held IS NOT NULL;
CREATE UNIQUE INDEX report_once ON report (room, seq, by) WHERE outcome IS NULL AND seq IS NOT NULL;

-- Acts of power.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  -- Nobody, if it was done at the machine itself.
  by INTEGER REFERENCES person (id),
  act TEXT NOT NULL,
  room INTEGER REFERENCES room (id),
  who INTEGER REFERENCES person (id),
  text TEXT
) STRICT;

-- How the site is set, as JSON.
CREATE TABLE setting (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  json TEXT NOT NULL
) STRICT;
