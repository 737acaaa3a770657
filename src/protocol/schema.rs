//! What the OpenAPI document says of texts. Everything else of it is derived from the types.

use std::ops::RangeInclusive;

use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

use super::limits;

/// A name that somebody has.
pub fn name() -> ObjectBuilder {
    text(1..=limits::NAME_CHARS, "Cleaned of all that cannot be seen.")
}

/// A name that is asked for.
pub fn wish() -> ObjectBuilder {
    let rule = format!("What can be seen of it has 1 to {} characters.", limits::NAME_CHARS);
    text(1..=limits::WISH_BYTES, &rule)
}

/// The same, or none.
pub fn wish_or_none() -> ObjectBuilder {
    wish().schema_type(SchemaType::from_iter([Type::String, Type::Null])).min_length(None)
}

/// A message that is to be said.
pub fn saying() -> ObjectBuilder {
    let rule = "Not only white space. As UTF-8, it has at most as many bytes as it may have characters.";
    text(1..=limits::BODY_BYTES, rule).pattern(Some(r"\S"))
}

/// A message as it stands.
pub fn said() -> ObjectBuilder {
    text(0..=limits::BODY_BYTES, "Empty once it is deleted.")
}

/// Any text. Lengths are counted in characters here: where ours are in bytes, fewer may fit.
pub fn text(length: RangeInclusive<usize>, rule: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(rule))
        .min_length(Some(*length.start()))
        .max_length(Some(*length.end()))
}
