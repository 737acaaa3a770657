//! That every language says the same things.

use std::collections::BTreeSet;

use super::door::Door;
use super::fault::Fault;
use super::live::Live;
use super::order::Order;
use super::tool::Tool;
use super::*;

/// Every text, in each language.
fn all() -> Vec<Vec<&'static str>> {
    fn of<W: Words>() -> impl Iterator<Item = Vec<&'static str>> {
        W::ALL.iter().map(|words| Language::ALL.map(|language| words.within(language)).to_vec())
    }
    of::<Live>().chain(of::<Door>()).chain(of::<Order>()).chain(of::<Tool>()).chain(of::<Fault>()).collect()
}

/// The places that a text has for what it is about, in all of its forms.
fn about(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|part| part.split_once('}').expect("a place that ends").0).collect()
}

#[test]
fn no_text_is_missing_and_none_begins_or_ends_otherwise() {
    let blank = |text: &str, at: fn(&str) -> Option<char>| at(text).is_some_and(char::is_whitespace);
    for texts in all() {
        assert!(texts.iter().all(|text| !text.trim().is_empty()), "{texts:?}");
        for at in [|text: &str| text.chars().next(), |text: &str| text.chars().next_back()] {
            assert!(texts.iter().all(|text| blank(text, at) == blank(texts[0], at)), "{texts:?}");
        }
    }
}

#[test]
fn every_language_says_it_of_the_same_things() {
    for texts in all() {
        for text in &texts {
            assert_eq!(about(text), about(texts[0]), "{texts:?}");
            assert_eq!(text.contains('|'), texts[0].contains('|'), "{texts:?}");
            assert!(about(text).iter().all(|place| matches!(place.as_bytes(), [b'0'..=b'9'])), "{texts:?}");
        }
    }
}

#[test]
fn a_text_with_forms_has_as_many_as_its_language_counts() {
    let counted = |language: Language| (0..200).map(|many| language.form(many)).max().expect("a form") + 1;
    for texts in all().into_iter().filter(|texts| texts[0].contains('|')) {
        for (language, text) in Language::ALL.into_iter().zip(&texts) {
            assert_eq!(text.split('|').count(), counted(language), "{text}");
        }
    }
}

#[test]
fn words_stand_around_what_they_are_about() {
    assert_eq!(fill(Live::Added, &["Ana", "{0}"]), "Ana added {0}", "what people wrote is no place");
    assert_eq!(count(Live::OthersHere, 1, &[]), "1 other here");
    assert_eq!(count(Live::OthersHere, 0, &[]), "0 others here");
    assert_eq!(count(Live::Send, 7, &[]), "Send", "without forms");
    assert_eq!(count(Live::AndMore, 2, &["Ana, Ben"]), "Ana, Ben and 2 more");
}

#[tokio::test]
async fn whoever_is_answered_is_answered_in_their_language() {
    let said = async { (say(Live::Send), fill(Live::Added, &["Ana", "Ben"]), count(Live::NewMessages, 1, &[])) };
    let (send, added, news) = speaking(Language::German, said).await;
    assert_eq!((send, &*added, &*news), ("Senden", "Ana hat Ben hinzugefügt", "1 neue Nachricht"));
    assert_eq!(say(Live::Send), "Send", "and nobody else is");
}

#[test]
fn a_language_is_known_by_its_tag() {
    for (tag, language) in
        [("de", Some(Language::German)), ("de-AT", Some(Language::German)), ("DE", Some(Language::German))]
    {
        assert_eq!(Language::of_tag(tag), language);
    }
    assert_eq!(Language::of_tag("en-GB"), Some(Language::English));
    assert_eq!([Language::of_tag("fr"), Language::of_tag(""), Language::of_tag("den")], [None; 3]);
}
