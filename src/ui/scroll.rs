//! The list follows its end, unless its reader has scrolled up: then what is read does not move, whatever comes and goes
//! around it.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCollection, HtmlElement, MutationObserver, MutationObserverInit, ResizeObserver};

use super::state::Chat;
use crate::protocol::ids::Seq;

/// So near to the end counts as having come back to it, in pixels: a line or two.
const NEAR_PX: i32 = 100;
/// Positions are rounded, so the end may be this far away.
const TOUCHING_PX: i32 = 2;
/// So near to the edge of what is loaded more is asked for, in pixels: a screen or two.
const SOON_PX: i32 = 1_500;

/// The list's scrolling, shared by what is in it and what is under it.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    /// The list itself.
    pub(super) list: NodeRef<html::Div>,
    /// What the page knows.
    chat: RwSignal<Chat>,
    /// Whether the end is to be kept in view.
    pub(super) at_end: RwSignal<bool>,
    /// Changes whenever others are in view.
    pub(super) moved: RwSignal<bool>,
    /// The messages in view, from the first to the last one.
    view: StoredValue<Option<(Seq, Seq)>>,
    /// Where the list was when it was last looked at.
    last: StoredValue<Place>,
    /// What must not move.
    anchor: StoredValue<Option<Anchor>, LocalStorage>,
}

/// Where a list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    /// What has scrolled away above, in pixels.
    top: i32,
    /// All of it, in pixels.
    height: i32,
}

/// A row that is in view.
struct Anchor {
    row: Element,
    /// How far it is from the list's beginning, in pixels; that one scrolls does not change it.
    from_start: f64,
}

impl Scroll {
    /// At the end, or at a place that is still to be found.
    pub(super) fn new(chat: RwSignal<Chat>, at_end: bool) -> Self {
        Self {
            list: NodeRef::new(),
            chat,
            at_end: RwSignal::new(at_end),
            moved: RwSignal::new(false),
            view: StoredValue::new(None),
            last: StoredValue::new(Place::default()),
            anchor: StoredValue::new_local(None),
        }
    }

    /// The messages in view, from the first to the last one.
    pub(super) fn view(self) -> Option<(Seq, Seq)> {
        self.view.get_value()
    }

    /// The list was scrolled, by its reader or by us.
    pub(super) fn on_scroll(self) {
        let Some(list) = self.list.get_untracked() else { return };
        let (was, now) = (self.at_end.get_untracked(), Place::of(&list));
        let stays = self.is_whole() && stays_at_end(was, self.last.get_value(), now, list.client_height());
        self.set_at_end(stays);
        self.look(&list);
    }

    /// Gives the list the keyboard, where what had it is gone.
    pub(super) fn focus(self) {
        if let Some(list) = self.list.get_untracked() {
            let _ = list.focus();
        }
    }

    /// Brings the end into view and stays there.
    pub(super) fn to_end(self) {
        self.at_end.set(true);
        self.settle();
    }

    /// Brings a message into view and gives it the keyboard; `false` if it is not there.
    pub(super) fn to_message(self, seq: Seq) -> bool {
        let row = document().get_element_by_id(&format!("m{seq}"));
        let (Some(list), Some(row)) = (self.list.get_untracked(), row) else { return false };
        self.at_end.set(false);
        let (view, place) = (list.get_bounding_client_rect(), row.get_bounding_client_rect());
        let above = ((view.height() - place.height()) / 3.0).max(0.0);
        list.set_scroll_top(list.scroll_top() + (place.top() - view.top() - above) as i32);
        if let Some(row) = row.dyn_ref::<HtmlElement>() {
            let _ = row.focus();
        }
        self.look(&list);
        true
    }

    /// Where the reader is: a message in view, and how many pixels it is below the edge; nothing where that is the end.
    pub(super) fn place(self) -> Option<(Seq, i32)> {
        let list = self.list.get_untracked().filter(|_| !self.at_end.get_untracked())?;
        let row = self.anchor.with_value(|anchor| anchor.as_ref().map(|anchor| anchor.row.clone()))?;
        Some((seq_of(&row)?, below(&row, &list)))
    }

    /// Puts a message where it was; `false` if it is not there.
    pub(super) fn put(self, seq: Seq, where_it_was: i32) -> bool {
        let row = document().get_element_by_id(&format!("m{seq}"));
        let (Some(list), Some(row)) = (self.list.get_untracked(), row) else { return false };
        self.at_end.set(false);
        list.set_scroll_top(list.scroll_top() + below(&row, &list) - where_it_was);
        self.look(&list);
        true
    }

    /// Whether the beginning of what is loaded is near.
    pub(super) fn is_near_start(self) -> bool {
        self.list.get_untracked().is_some_and(|list| list.scroll_top() < SOON_PX)
    }

    /// Whether the end of what is loaded is near.
    pub(super) fn is_near_end(self) -> bool {
        let away = |list: &HtmlElement| list.scroll_height() - list.scroll_top() - list.client_height();
        self.list.get_untracked().is_some_and(|list| away(&list) < SOON_PX)
    }

    /// Whenever the list changes or gets another size, puts it where it has to be, before that is drawn. Only in a browser.
    pub(super) fn follow(self) {
        let Some(list) = self.list.get_untracked() else { return };
        let settle = Closure::<dyn FnMut()>::new(move || self.settle());
        let callback = settle.as_ref().unchecked_ref();
        if let Ok(observer) = ResizeObserver::new(callback) {
            observer.observe(&list);
        }
        if let Ok(observer) = MutationObserver::new(callback) {
            let what = MutationObserverInit::new();
            what.set_child_list(true);
            what.set_character_data(true);
            what.set_subtree(true);
            let _ = observer.observe_with_options(&list, &what);
        }
        // The list lives as long as the page.
        settle.forget();
        self.settle();
    }

    /// Back to the end, or to what is read.
    fn settle(self) {
        let Some(list) = self.list.get_untracked() else { return };
        if self.at_end.get_untracked() {
            list.set_scroll_top(list.scroll_height());
        } else {
            let moved = self.anchor.with_value(|anchor| anchor.as_ref().map_or(0.0, |anchor| anchor.moved(&list)));
            if moved.abs() >= 0.5 {
                list.set_scroll_top(list.scroll_top() + moved.round() as i32);
            }
            // One who reads on comes to the end as it comes to them.
            let place = Place::of(&list);
            self.set_at_end(self.is_whole() && place.away(list.client_height()) <= TOUCHING_PX);
        }
        self.look(&list);
    }

    /// Sees where the list is.
    fn look(self, list: &HtmlElement) {
        self.last.set_value(Place::of(list));
        let rows = list.get_elements_by_class_name("message");
        let view = list.get_bounding_client_rect();
        let first = first_row(&rows, |row| row.get_bounding_client_rect().bottom() > view.top());
        let whole = first_row(&rows, |row| row.get_bounding_client_rect().top() >= view.top());
        // One that begins in view, if there is one.
        let anchored = rows.item(whole).filter(|row| row.get_bounding_client_rect().top() < view.bottom());
        let anchor = anchored.or_else(|| rows.item(first)).map(|row| Anchor::at(row, list));
        self.anchor.set_value(anchor);
        let behind = first_row(&rows, |row| row.get_bounding_client_rect().bottom() > view.bottom() + 1.0);
        let seqs = (first..behind).filter_map(|at| seq_of(&rows.item(at)?));
        let in_view =
            seqs.fold(None, |view: Option<(Seq, Seq)>, seq| Some((view.map_or(seq, |(first, _)| first), seq)));
        if in_view != self.view() {
            self.view.set_value(in_view);
            self.moved.update(|moved| *moved = !*moved);
        }
    }

    fn set_at_end(self, stays: bool) {
        if stays != self.at_end.get_untracked() {
            self.at_end.set(stays);
        }
    }

    fn is_whole(self) -> bool {
        self.chat.with_untracked(Chat::reaches_end)
    }
}

impl Anchor {
    fn at(row: Element, list: &HtmlElement) -> Self {
        let from_start = from_start(&row, list);
        Self { row, from_start }
    }

    /// How far it was moved, by no will of its reader.
    fn moved(&self, list: &HtmlElement) -> f64 {
        if list.contains(Some(&self.row)) { from_start(&self.row, list) - self.from_start } else { 0.0 }
    }
}

/// The list's first element is always there, be it empty.
fn from_start(row: &Element, list: &HtmlElement) -> f64 {
    let start = list.first_element_child().map_or(0.0, |start| start.get_bounding_client_rect().top());
    row.get_bounding_client_rect().top() - start
}

/// How many pixels a row is below the edge of the view.
fn below(row: &Element, list: &HtmlElement) -> i32 {
    (row.get_bounding_client_rect().top() - list.get_bounding_client_rect().top()).round() as i32
}

/// The place of the first row for which this holds, as it does for all behind it.
fn first_row(rows: &HtmlCollection, holds: impl Fn(&Element) -> bool) -> u32 {
    let (mut from, mut to) = (0, rows.length());
    while from < to {
        let middle = (from + to) / 2;
        if rows.item(middle).is_some_and(|row| holds(&row)) { to = middle } else { from = middle + 1 }
    }
    from
}

/// A row that the room does not have yet has none.
fn seq_of(row: &Element) -> Option<Seq> {
    row.id().strip_prefix('m')?.parse().ok()
}

impl Place {
    fn of(list: &HtmlElement) -> Self {
        Self { top: list.scroll_top(), height: list.scroll_height() }
    }

    /// How far the end is away.
    fn away(self, view: i32) -> i32 {
        self.height - self.top - view
    }
}

/// Only a reader moves up in a list that did not get shorter, and whoever does that has left the end, be it by a pixel.
/// That the end has moved away below is no reason to leave it.
fn stays_at_end(was: bool, last: Place, now: Place, view: i32) -> bool {
    let moved_up = now.top < last.top && now.height >= last.height;
    if moved_up { now.away(view) <= TOUCHING_PX } else { was || now.away(view) <= NEAR_PX }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: i32 = 500;

    fn at(top: i32, height: i32) -> Place {
        Place { top, height }
    }

    #[test]
    fn a_small_step_up_leaves_the_end() {
        assert!(!stays_at_end(true, at(500, 1000), at(490, 1000), VIEW));
        assert!(!stays_at_end(true, at(500, 1000), at(490, 1040), VIEW), "also while others talk");
    }

    #[test]
    fn that_the_list_grew_is_no_reason_to_leave() {
        assert!(stays_at_end(true, at(500, 1000), at(500, 3000), VIEW));
    }

    #[test]
    fn that_the_list_shrank_is_no_reason_to_leave() {
        assert!(stays_at_end(true, at(500, 1000), at(300, 800), VIEW));
    }

    #[test]
    fn one_comes_back_by_coming_near() {
        assert!(!stays_at_end(false, at(0, 1000), at(399, 1000), VIEW));
        assert!(stays_at_end(false, at(0, 1000), at(400, 1000), VIEW));
        assert!(!stays_at_end(false, at(460, 1000), at(450, 1000), VIEW), "not by moving away");
    }
}
