//! The words of the scripts that come when they are wanted. They ask for them by name.

use super::words;

words! {
    /// What `public/tools.js` and `public/news.js` say.
    Tool {
        Close { en: "Close", de: "Schließen" }
        Loading { en: "Loading…", de: "Wird geladen …" }

        // Going elsewhere.
        GoTo { en: "Go to", de: "Gehe zu" }
        GoToWhat { en: "A room, somebody, or a page", de: "Ein Raum, jemand oder eine Seite" }
        RoomsAndPeople { en: "Rooms and people", de: "Räume und Personen" }
        NoSuchPlace { en: "There is no such room or person here.", de: "Hier gibt es keinen solchen Raum und niemanden." }

        // Members.
        Members { en: "Members", de: "Mitglieder" }
        LookForSomebody { en: "Look for somebody", de: "Jemanden suchen" }
        AllAboutRoom { en: "All about this room", de: "Alles über diesen Raum" }
        MembersNotLoaded {
            en: "They could not be loaded. Are you offline?",
            de: "Sie konnten nicht geladen werden. Bist du offline?",
        }
        NobodyOfThatName { en: "Nobody of that name has joined.", de: "Niemand mit diesem Namen ist beigetreten." }
        You { en: "you", de: "du" }
        Muted { en: "muted", de: "stumm" }
        Moderator { en: "moderator", de: "Moderation" }
        Admin { en: "admin", de: "Verwaltung" }
        Owner { en: "owner", de: "Inhaber" }

        // What the keys do.
        Keys { en: "What the keys do", de: "Was die Tasten tun" }
        KeyControl { en: "Ctrl", de: "Strg" }
        KeyShift { en: "Shift", de: "Umschalt" }
        KeyEnter { en: "Enter", de: "Eingabe" }
        KeyGoTo { en: "Go to a room, somebody or a page", de: "Zu einem Raum, jemandem oder einer Seite gehen" }
        KeySend { en: "Send", de: "Senden" }
        KeyNewLine { en: "A new line", de: "Eine neue Zeile" }
        KeyEditLast {
            en: "Edit your last message, where nothing is written",
            de: "Deine letzte Nachricht bearbeiten, wenn noch nichts geschrieben ist",
        }
        KeyLetGo { en: "Let go of an edit or an answer", de: "Eine Bearbeitung oder Antwort verlassen" }
        KeyNameSomebody { en: "Name somebody", de: "Jemanden nennen" }
        KeyNameRoom { en: "Name a room", de: "Einen Raum nennen" }
        KeyEmoji { en: "An emoji by its name", de: "Ein Emoji bei seinem (englischen) Namen" }
        KeyThisList { en: "This list", de: "Diese Liste" }
        Marks {
            en: "**bold**  *emphasis*  ~~taken back~~  `code`  > quote  - list  [name](https://…)",
            de: "**fett**  *betont*  ~~durchgestrichen~~  `Code`  > Zitat  - Liste  [Name](https://…)",
        }

        // Emoji.
        LookForEmoji { en: "Look for an emoji", de: "Ein Emoji suchen" }
        LookForOne { en: "Look for one", de: "Suchen (englisch)" }
        ReactWith { en: "React with", de: "Reagieren mit" }
        Emoji { en: "Emoji", de: "Emoji" }
        NoSuchEmoji { en: "There is none of that name.", de: "Keines heißt so." }
        EmojiNotLoaded {
            en: "The emoji could not be loaded. Are you offline?",
            de: "Die Emoji konnten nicht geladen werden. Bist du offline?",
        }
        Completions { en: "Completions", de: "Vervollständigungen" }

        // Being told.
        WhoIn { en: "{0} in {1}", de: "{0} in {1}" }
        TellMe { en: "Tell me", de: "Ja, gern" }
        DoNotTellMe { en: "No", de: "Nein" }
        Notifications { en: "Notifications", de: "Benachrichtigungen" }
        Offer {
            en: "Something was said to you while you looked elsewhere. Shall your device tell you?",
            de: "Jemand hat dir etwas gesagt, während du woanders warst. Soll dein Gerät dir das melden?",
        }
        InThisRoom { en: "In this room, tell me", de: "Aus diesem Raum melden" }
        All { en: "Everything that is said", de: "Alles, was gesagt wird" }
        ToMe { en: "What is said to me", de: "Was mir gesagt wird" }
        Nothing { en: "Nothing", de: "Nichts" }
        DoNotDisturb { en: "Do not disturb", de: "Nicht stören" }
        NotQuiet { en: "No", de: "Aus" }
        ForAnHour { en: "For an hour", de: "Für eine Stunde" }
        ForEightHours { en: "For eight hours", de: "Für acht Stunden" }
        ForADay { en: "For a day", de: "Für einen Tag" }
        ForAWeek { en: "For a week", de: "Für eine Woche" }
        QuietUntil { en: "Nothing is told until {0}.", de: "Bis {0} wird nichts gemeldet." }
        WithSound { en: "With a sound", de: "Mit einem Ton" }
        BeingTold { en: "Being told", de: "Benachrichtigungen" }
        LetDeviceTell { en: "Let my device tell me", de: "Mein Gerät darf es mir melden" }
        DeviceTells {
            en: "Your device tells you while you look elsewhere.",
            de: "Dein Gerät meldet es dir, während du woanders bist.",
        }
        DeviceMayNot {
            en: "This browser does not let this page tell you by your device. Its own settings may.",
            de: "Dieser Browser lässt diese Seite dir nichts über dein Gerät melden. Seine Einstellungen können das ändern.",
        }
        DeviceCan {
            en: "While you look elsewhere, your device can tell you.",
            de: "Während du woanders bist, kann dein Gerät es dir melden.",
        }

        // Without a network.
        OfflineTitle { en: "Offline: Chat App", de: "Offline: Chat App" }
        Offline { en: "You are offline", de: "Du bist offline" }
        KeptRooms {
            en: "These rooms can be read as they were when you last saw them:",
            de: "Diese Räume kannst du lesen, wie du sie zuletzt gesehen hast:",
        }
        NothingKept {
            en: "Nothing was kept to be read without a network.",
            de: "Es ist nichts da, was ohne Netz zu lesen wäre.",
        }
        Lobby { en: "Lobby", de: "Lobby" }
    }
}
