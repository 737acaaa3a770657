//! Elements by their name. To the compiler all of these are one type, and so there is one function in the page's app for
//! what `view!` would make one each: what there is most of in a room, its messages, is drawn so.

use leptos::attr::custom::CustomAttr;
use leptos::either::EitherOf3;
use leptos::html::{Custom, HtmlElement, custom};
use leptos::prelude::*;
use leptos::svg::{Svg, Use, svg, r#use};

use crate::words::live::Live;
use crate::words::say;

/// An attribute that may be there.
type May = CustomAttr<&'static str, Option<String>>;
type Still = CustomAttr<&'static str, &'static str>;
type Sign = HtmlElement<Use, (CustomAttr<&'static str, String>,), ()>;
type Icon = HtmlElement<Svg, (Still, Still), (Sign,)>;
type Element = HtmlElement<Custom<&'static str>, (May, May, May, May, May, May), (Vec<AnyView>,)>;

/// An element, what it has, and what is in it.
///
/// Its name is in capitals, as browsers call their elements: the two are compared as they are, and so one that is drawn again
/// in its place stays the same element, and keeps the keyboard and what is marked in it. Whatever of that name may come in its
/// place has attributes of the same names.
pub fn element<const N: usize>(tag: &'static str, has: [(&'static str, &str); N], children: Vec<AnyView>) -> AnyView {
    const { assert!(N <= 6, "an element has six attributes at most") };
    any_element(tag, &has, children)
}

fn any_element(tag: &'static str, has: &[(&'static str, &str)], children: Vec<AnyView>) -> AnyView {
    let may = |at: usize| has.get(at).map_or(("title", None), |(name, value)| (*name, Some((*value).to_owned())));
    let [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(may);
    let element = custom(tag).attr(a.0, a.1).attr(b.0, b.1).attr(c.0, c.1).attr(d.0, d.1).attr(e.0, e.1).attr(f.0, f.1);
    drawn(EitherOf3::B(element.child(children)))
}

/// A button that sends its form.
pub fn submit(words: Live) -> AnyView {
    element("BUTTON", [("type", "submit")], vec![text(say(words))])
}

/// A text.
pub fn text(text: &str) -> AnyView {
    drawn(EitherOf3::A(holdable(text)))
}

/// What a page can hold of a text: the HTML parser drops NUL, and a text of nothing else would be no node, for which the app
/// would look.
pub fn holdable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// A sign, which says nothing to those who listen: one of the symbols that are drawn with the document.
pub fn icon(name: &'static str) -> AnyView {
    let sign = svg().attr("class", "icon").attr("aria-hidden", "true");
    drawn(EitherOf3::C(sign.child(r#use().attr("href", format!("#icon-{name}")))))
}

fn drawn(piece: EitherOf3<String, Element, Icon>) -> AnyView {
    piece.into_any()
}
