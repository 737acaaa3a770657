//! What all pages of plain forms share: where one is, who one is, and the way elsewhere. They need no script.

use leptos::prelude::*;

use crate::protocol::api::Me;
use crate::protocol::power::Role;

/// A page of forms.
#[component]
pub fn Sheet(
    /// What it is.
    #[prop(into)]
    title: String,
    /// Who looks at it.
    me: Option<Me>,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let account = me.as_ref().is_some_and(|me| me.role > Role::Guest);
    let admin = me.as_ref().is_some_and(|me| me.role >= Role::Admin);
    view! {
        <div class="sheet">
            <header class="sheet-top">
                <a class="sheet-home" href="/">"Real-Time Chat"</a>
                <nav aria-label="Elsewhere">
                    <a href="/search">"Search"</a>
                    {me.is_some().then(|| view! { <a href="/settings">"Settings"</a> })}
                    {admin.then(|| view! { <a href="/admin">"Admin"</a> })}
                    {(!account).then(|| view! { <a href="/login">"Log in"</a> })}
                </nav>
            </header>
            <main class="sheet-main">
                <h1>{title}</h1>
                {children()}
            </main>
        </div>
    }
}
