//! Whom a message names.

use rusqlite::{OptionalExtension, params};

use super::standing::Author;
use super::{Logs, Place};
use crate::protocol::event::{Post, What};
use crate::protocol::limits;
use crate::protocol::power;
use crate::server::store::Naming;
use crate::server::store::sqlite::sql;

impl Logs<'_> {
    /// Adds to a message whom it names: those who may read it, and all if its author may address all.
    pub(super) fn name(&mut self, place: &Place, what: What, naming: &Naming) -> rusqlite::Result<What> {
        let What::Posted(mut post) = what else { return Ok(what) };
        post.mentions_room = naming.all && power::mention_room(place.standing, place.room.setting).is_ok();
        let mut named = Vec::new();
        for likenesses in naming.people.iter().take(limits::MENTIONS) {
            named.extend(self.first_named(place, likenesses)?);
        }
        // In the order in which they are read from the log.
        named.sort_unstable_by_key(|named| named.id);
        named.dedup_by_key(|named| named.id);
        post.mentions = named.into_iter().map(|named| named.person).collect();
        Ok(What::Posted(post))
    }

    /// The longest name that is somebody's.
    fn first_named(&mut self, place: &Place, likenesses: &[String]) -> rusqlite::Result<Option<Author>> {
        for likeness in likenesses {
            let mut select =
                self.connection.prepare_cached("SELECT public_id FROM person WHERE likeness = ?1 AND NOT gone")?;
            let id: Option<String> = select.query_row([likeness], |row| row.get(0)).optional()?;
            drop(select);
            let Some(id) = id.and_then(|id| id.parse().ok()) else { continue };
            let Some(who) = self.author(&id)? else { continue };
            let standing = self.standing(&place.room, &who, place.at)?;
            let hears = power::read(standing, place.room.setting).is_ok();
            return Ok((hears && who.id != place.author.id).then_some(who));
        }
        Ok(None)
    }

    /// For the lists of those whom it names. Who does not want to hear from its author is not told.
    pub(super) fn note_mentions(&self, place: &Place, post: &Post) -> rusqlite::Result<()> {
        if post.mentions.is_empty() && !post.mentions_room {
            return Ok(());
        }
        let (room, seq, at, author) = (place.room.id, sql(place.seq), sql(place.at), place.author.id);
        let quiet = "EXISTS (SELECT 1 FROM block WHERE block.person = named.id AND whom = ?4)";
        let mut note = self.connection.prepare_cached(&format!(
            "INSERT OR IGNORE INTO mention (person, room, seq, at, quiet)
             SELECT named.id, ?1, ?2, ?3, {quiet} FROM person AS named WHERE named.public_id = ?5"
        ))?;
        for named in &post.mentions {
            note.execute(params![room, seq, at, author, named.id.as_str()])?;
        }
        if post.mentions_room {
            let mut note = self.connection.prepare_cached(&format!(
                "INSERT OR IGNORE INTO mention (person, room, seq, at, quiet)
                 SELECT named.id, ?1, ?2, ?3, {quiet} FROM member JOIN person AS named ON named.id = member.person
                 WHERE member.room = ?1 AND named.id <> ?4"
            ))?;
            note.execute(params![room, seq, at, author])?;
        }
        Ok(())
    }
}
