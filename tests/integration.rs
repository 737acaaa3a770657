//! Integration tests: a whole server on a free port, and clients that know nothing but the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

/// Logging in, signing up, invitations and settings by plain forms.
mod account_pages;
/// Signing up, logging in and out, and what one can change about oneself.
mod accounts;
/// Edits, deletions, reactions, pins.
mod acts;
/// Copies of everything, and the way back.
mod backup;
/// Everything that a client may get wrong, its error each, and the others who go on chatting.
mod bad_input;
/// `banter bench`, which has to be right before its figures mean anything.
mod bench;
/// The real binary: its options, its logs, its end.
mod binary;
/// Nobody sees what is not for them.
mod canaries;
/// RFC 6455, case by case.
mod conformance;
/// Who gets in, from whose pages, how many, and what goes with every answer.
mod door;
/// The end of a server, and what becomes of everybody.
mod drain;
/// Pages and forms without any script.
mod forms;
/// Signs of life, slow readers, late greetings.
mod heartbeat;
/// Rooms that keep nothing of what is said.
mod history;
/// Every page in every language.
mod languages;
/// Who may do what, everywhere and by every way, held against one table.
mod matrix;
/// The document of the REST API, and whether the server keeps to it.
mod openapi;
/// Pages about rooms, messages and order.
mod order_pages;
/// The tutorial's client and its like.
mod plain_wire;
/// Nothing that is acknowledged is lost, doubled or reordered, whatever happens.
mod proof;
/// REST.
mod rest;
/// What ends with a session, a name or a seat.
mod revoked;
/// Rooms of all kinds, who comes into them, and what they have not read.
mod rooms;
/// The socket `banter.v1`.
mod socket;
/// A server, people with names, a socket client.
mod support;
/// Conventions, kept by a program.
mod tidy;
/// A store that does not know what it did.
mod unsure;
