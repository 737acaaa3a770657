//! What becomes of which text.

use proptest::prelude::*;

use super::Span::{Code, Emphasis, Link, Name, Room, Strong, Struck, Text};
use super::*;

const KNOWN: Known = Known { people: &["Ana", "Ana Maria", "Zo\u{EB}"], rooms: &["lobby", "harbour-walk"] };

/// The pieces of a text that is nothing else.
fn spans(text: &str) -> Vec<Span<'_>> {
    match blocks(text, KNOWN).as_slice() {
        [] => Vec::new(),
        [Block::Text(spans)] => spans.clone(),
        other => panic!("{text}: {other:?}"),
    }
}

fn address(to: &str) -> Span<'_> {
    Link { to, text: to }
}

fn text(text: &str) -> Block<'_> {
    Block::Text(vec![Text(text)])
}

/// All that is there to read, in its order.
fn words(blocks: &[Block]) -> String {
    let in_block = |block: &Block| match block {
        Block::Text(spans) => spans.iter().map(span_words).collect(),
        Block::Code { language, text } => format!("{language}{text}"),
        Block::Quote(inner) => words(inner),
        Block::List(items) => items.iter().map(|item| item_words(item)).collect(),
    };
    blocks.iter().map(in_block).collect()
}

fn item_words(item: &Item) -> String {
    item.number.map_or_else(String::new, |number| number.to_string()) + &words(&item.blocks)
}

fn span_words(span: &Span) -> String {
    match span {
        Text(text) | Name(text) | Room(text) | Code(text) => (*text).to_owned(),
        Link { to, text } if to == text => (*to).to_owned(),
        Link { to, text } => format!("{text}{to}"),
        Strong(inner) | Emphasis(inner) | Struck(inner) => inner.iter().map(span_words).collect(),
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn all_links<'a>(blocks: &[Block<'a>]) -> Vec<&'a str> {
    fn of_spans<'a>(spans: &[Span<'a>], links: &mut Vec<&'a str>) {
        for span in spans {
            match span {
                Link { to, .. } => links.push(to),
                Strong(inner) | Emphasis(inner) | Struck(inner) => of_spans(inner, links),
                _ => {}
            }
        }
    }
    let mut links = Vec::new();
    for block in blocks {
        match block {
            Block::Text(spans) => of_spans(spans, &mut links),
            Block::Quote(inner) => links.extend(all_links(inner)),
            Block::List(items) => items.iter().for_each(|item| links.extend(all_links(&item.blocks))),
            Block::Code { .. } => {}
        }
    }
    links
}

#[test]
fn what_is_only_mentioned_has_no_marks() {
    for (text, said) in [
        ("", ""),
        ("hello", "hello"),
        ("Is the **harbour** *walk* still ~~off~~ on? `yes`", "Is the harbour walk still off on? yes"),
        ("see [the plan](https://example.com/plan) in #harbour-walk, @Ana", "see the plan in #harbour-walk, @Ana"),
        ("first\n> said *so*\n\n- one\n- two\n```\nlet a = 1;\n```", "first said so one two let a = 1;"),
        ("2*3*4 and snake_case", "2*3*4 and snake_case"),
    ] {
        assert_eq!(plain(text), said, "{text}");
    }
}

#[test]
fn addresses_become_links() {
    assert_eq!(spans("see https://a.example/x."), [Text("see "), address("https://a.example/x"), Text(".")]);
    assert_eq!(spans("http://a.example"), [address("http://a.example")]);
    assert_eq!(
        spans("(https://a.example/b_(c)) and more"),
        [Text("("), address("https://a.example/b_(c)"), Text(") and more")]
    );
    assert_eq!(spans("http https://[::1]:3000/"), [Text("http "), address("https://[::1]:3000/")]);
    assert!(has_link("**https://a.example**") && !has_link("xhttps://a.example https://"));
}

#[test]
fn an_address_may_have_a_name() {
    let named = Link { to: "https://a.example/b_(c)?d", text: "the route" };
    assert_eq!(spans("[the route](https://a.example/b_(c)?d)!"), [named, Text("!")]);
    let inner = Link { to: "https://a.example", text: "b" };
    assert_eq!(spans("[[b](https://a.example)]"), [Text("["), inner, Text("]")]);
    for text in ["[x](javascript:alert(1))", "[x](/r/lobby)", "[x](https://)", "[](https://)", "[x]", "[[x](y)"] {
        assert_eq!(spans(text), [Text(text)], "{text}");
    }
    // One that would hide where it leads.
    let hidden = "[https://bank.example](https://a.example)";
    assert_eq!(all_links(&blocks(hidden, KNOWN)), ["https://bank.example", "https://a.example"]);
}

#[test]
fn nothing_else_does() {
    for text in ["javascript:alert(1)", "https://", "xhttps://a.example", "<b>", "data:text/html,hi", "http:/a", ""] {
        assert!(all_links(&blocks(text, KNOWN)).is_empty(), "{text}");
    }
}

#[test]
fn people_who_are_named_are_told_apart() {
    assert_eq!(spans("hi @ana!"), [Text("hi "), Name("@ana"), Text("!")]);
    assert_eq!(spans("@Ana Maria: @Zo\u{EB}"), [Name("@Ana Maria"), Text(": "), Name("@Zo\u{EB}")]);
    assert_eq!(spans("@@Ana"), [Text("@"), Name("@Ana")]);
    assert_eq!(spans("**@Ana**"), [Strong(vec![Name("@Ana")])]);
    for nobody in ["@Anabel", "me@Ana", "@Ben", "@", "https://a.example/@Ana", "`@Ana`"] {
        assert!(!spans(nobody).iter().any(|span| matches!(span, Name(_))), "{nobody}");
    }
}

#[test]
fn rooms_that_one_knows_are_told_apart() {
    assert_eq!(spans("in #harbour-walk."), [Text("in "), Room("harbour-walk"), Text(".")]);
    for none in ["#nowhere", "a#lobby", "#1", "&#lobby", "#lobby-2", "#Lobby"] {
        assert_eq!(spans(none), [Text(none)]);
    }
}

#[test]
fn marks_give_weight() {
    assert_eq!(spans("a *b* c"), [Text("a "), Emphasis(vec![Text("b")]), Text(" c")]);
    assert_eq!(spans("_b_, **c**"), [Emphasis(vec![Text("b")]), Text(", "), Strong(vec![Text("c")])]);
    assert_eq!(spans("~~b~~"), [Struck(vec![Text("b")])]);
    assert_eq!(spans("***b***"), [Strong(vec![Emphasis(vec![Text("b")])])]);
    assert_eq!(spans("**a *b* c**"), [Strong(vec![Text("a "), Emphasis(vec![Text("b")]), Text(" c")])]);
    assert_eq!(
        spans("\u{9019}*\u{91CD}*\u{9EDE}"),
        [Text("\u{9019}"), Emphasis(vec![Text("\u{91CD}")]), Text("\u{9EDE}")]
    );
}

#[test]
fn what_only_looks_like_a_mark_stays_text() {
    for text in [
        "2*3*4",
        "2 * 3 * 4",
        "snake_case_name",
        "__init__",
        "\u{AF}\\_(\u{30C4})_/\u{AF}",
        "*",
        "**",
        "****",
        "a * b*",
        "*a",
        "a*",
        "~a~",
        "*a\nb*",
        "`",
        "``",
        "`a",
    ] {
        let joined: String = spans(text).iter().map(span_words).collect();
        assert_eq!(joined, text);
    }
}

#[test]
fn code_is_as_it_is() {
    assert_eq!(spans("run `a *b* c` now"), [Text("run "), Code("a *b* c"), Text(" now")]);
    assert_eq!(spans("`` a`b ``"), [Code("a`b")]);
    assert_eq!(spans("` `"), [Code(" ")]);
    let code = |language, text: &str| Block::Code { language, text: text.to_owned() };
    assert_eq!(
        blocks("see:\n```rust\nlet a = *b;\n\n```\nok", KNOWN),
        [text("see:"), code("rust", "let a = *b;\n"), text("ok")]
    );
    assert_eq!(blocks("```\n> a\n- b", KNOWN), [code("", "> a\n- b")]);
    assert_eq!(spans("```a b```"), [Code("a b")]);
}

#[test]
fn quotes_and_lists_may_stand_in_each_other() {
    assert_eq!(
        blocks("> a\n> b\n\nc", KNOWN),
        [Block::Quote(vec![Block::Text(vec![Text("a"), Text("\n"), Text("b")])]), text("c")]
    );
    let item = |number, what| Item { number, blocks: vec![text(what)] };
    assert_eq!(blocks("- a\n- b", KNOWN), [Block::List(vec![item(None, "a"), item(None, "b")])]);
    assert_eq!(blocks("3. a\n7. b", KNOWN), [Block::List(vec![item(Some(3), "a"), item(Some(7), "b")])]);
    let inner = Block::List(vec![item(None, "b")]);
    assert_eq!(blocks("- a\n  - b", KNOWN), [Block::List(vec![Item { number: None, blocks: vec![text("a"), inner] }])]);
    for none in [">_<", ">:(", "-a", "1.5", "007. a", "12345678901. a", "-"] {
        assert_eq!(spans(none), [Text(none)]);
    }
}

#[test]
fn blank_lines_of_a_text_stay() {
    assert_eq!(spans("a\n\n\nb\n").iter().map(span_words).collect::<String>(), "a\n\n\nb\n");
}

/// A page has to draw them all.
#[test]
fn a_message_has_so_many_pieces_and_no_more() {
    for piece in ["*a* ", "`a` ", "http://a ", "@Ana ", "- a\n", "1. a\n", "> a\n\n", "```\n```\n", "[a](http://b) "] {
        let few = piece.repeat(limits::MARKUP_PIECES / 4);
        assert_ne!(blocks(&few, KNOWN), [text(&few)]);
        let drawn = format!("{:?}", blocks(&piece.repeat(limits::MARKUP_PIECES * 3), KNOWN));
        let marked = ["Emphasis", "Code", "Link", "Name", "Item", "Quote"].map(|kind| drawn.matches(kind).count());
        assert!(marked.iter().sum::<usize>() <= limits::MARKUP_PIECES, "{piece}: {marked:?}");
    }
    let exactly = "*a*".to_owned() + &" *a*".repeat(limits::MARKUP_PIECES - 1);
    assert!(matches!(spans(&exactly).last(), Some(Emphasis(_))));
    let more = exactly + " *a*";
    assert_eq!(spans(&more).last(), Some(&Text(" *a*")));
}

/// The worst bodies that fit: each is done in no time, or this test is never done.
#[test]
fn no_text_takes_long() {
    let half = limits::BODY_BYTES / 2;
    for worst in [
        "http://.".repeat(half / 8) + &")".repeat(half),
        "http://a".to_owned() + &")".repeat(2 * half),
        "http://a".to_owned() + &"[".repeat(half) + &"]".repeat(half),
        "1http://".repeat(half / 4),
        "http://a.".repeat(half / 5),
        " *a".repeat(half / 2),
        " **a".repeat(half / 2),
        " _a ~~b ***c **d *e".repeat(half / 10),
        "`a``a```a````a".repeat(half / 7),
        "[a](".repeat(half / 2),
        "[".repeat(2 * half),
        "[a](http://b(".repeat(half / 7),
        "> ".repeat(half),
        ">".repeat(2 * half),
        "- ".repeat(half),
        "  - a\n".repeat(half / 3),
        "@Ana".repeat(half / 2),
        "```\n".repeat(half / 2),
    ] {
        for _ in 0..20 {
            assert!(!blocks(&worst, KNOWN).is_empty());
        }
    }
}

proptest! {
    #[test]
    fn nothing_that_is_said_goes_missing(text in r"(\PC|https?://|\[a\]\(http://b|@Ana|#lobby|[`*_~>\-\[\]()0-9a. \n]|```|\*\*|~~|\n> |\n- |\n1\. ){0,60}") {
        prop_assert_eq!(letters(&words(&blocks(&text, KNOWN))), letters(&text));
    }

    #[test]
    fn a_link_is_http_and_has_no_blank(text in r"(\PC|https?://|javascript:|\]\(|[\[\]()* \n]){0,40}") {
        for link in all_links(&blocks(&text, KNOWN)) {
            prop_assert!(link.starts_with("http://") || link.starts_with("https://"));
            prop_assert!(!link.contains(|c: char| c.is_whitespace() || c == '"' || c == '<'));
        }
    }

    #[test]
    fn what_has_no_marks_is_one_text(text in r"[a-z ,.!?\n]{1,60}") {
        let joined: String = spans(&text).iter().map(span_words).collect();
        prop_assert_eq!(joined, text);
    }
}
