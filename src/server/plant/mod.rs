//! What the proofs need and nobody else: bugs that can be planted to see whether they are caught, and an echo for the
//! conformance cases. No program that anybody uses has them: without the feature `proving` each bug is known at compile
//! time not to be there.

#[cfg_attr(feature = "proving", path = "enabled/mod.rs")]
#[cfg_attr(not(feature = "proving"), path = "disabled.rs")]
mod chosen;

pub use chosen::{is, routes};

/// A bug that a chat is prone to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// Senders are told before the log has it.
    AckBeforeCommit,
    /// The disk is not waited for.
    SynchronousOff,
    /// A repeated send is another message.
    NoDedupe,
    /// One event in a hundred is not given to those who follow.
    FanoutDrops,
    /// A room is read first and followed then: what is said between falls between.
    ReadThenAttach,
    /// Whoever comes back misses the first event that they missed.
    ResumeOffByOne,
    /// Positions of another life of a room are taken for those of this one.
    ResumeIgnoresEpoch,
    /// The text of a deleted message is still handed out.
    DeletedBodyServed,
    /// Numbers are given outside of the transaction: one that fails leaves a hole.
    SeqBeforeCommit,
    /// What a slow reader has no room for is let go, and the connection goes on.
    SlowDrops,
    /// What was refused is in the log all the same.
    NackCommits,
    /// What somebody may is looked at before it is done, and not where it is done.
    PowerAtTheDoorOnly,
    /// Who somebody is is looked at when they connect: a session that has ended is not cut off, and goes on.
    SessionOutlivesItsEnd,
    /// Who is sent out or banned goes on hearing.
    BannedStillHear,
}
