//! The words of the pages about oneself, of those where one looks for something, and of what all pages of forms share.

use super::words;

words! {
    /// How one comes in, what one may change of oneself, what one may look for, and what all pages of forms share.
    Door {
        // What the browser calls a page.
        PageTitle { en: "{0}: Chat App", de: "{0}: Chat App" }
        AboutRoom { en: "About a room", de: "Info zu einem Raum" }
        OneMessage { en: "One message", de: "Eine Nachricht" }
        MadeInvitation { en: "An invitation", de: "Eine Einladung" }
        KeepOrder { en: "Keep order", de: "Für Ordnung sorgen" }
        NotHere { en: "Not here", de: "Nicht hier" }

        // What stands on all pages of forms.
        Elsewhere { en: "Elsewhere", de: "Anderswo" }
        ThisIsYou { en: "This is you", de: "Das bist du" }
        Saved { en: "It is saved.", de: "Gespeichert." }

        // What forms are made of.
        Name { en: "Name", de: "Name" }
        Password { en: "Password", de: "Passwort" }
        PasswordHint {
            en: "At least {0} characters. A few words in a row are good.",
            de: "Mindestens {0} Zeichen. Ein paar Wörter hintereinander sind gut.",
        }
        ActOn { en: "{0}: {1}", de: "{0}: {1}" }

        // Logging in and out.
        NoAccountYet { en: "No account yet? ", de: "Noch kein Konto? " }
        HereAs { en: "You are here as ", de: "Du bist hier als " }
        NameGoes {
            en: "Once you log in, nobody has that name any more: sign up instead to keep it.",
            de: "Sobald du dich anmeldest, heißt niemand mehr so: Registriere dich stattdessen, um den Namen zu \
                 behalten.",
        }
        SessionEnds {
            en: "Once you log in as somebody else, this session ends.",
            de: "Sobald du dich als jemand anders anmeldest, endet diese Sitzung.",
        }
        LogOut { en: "Log out", de: "Abmelden" }

        // Signing up.
        InvitesYou { en: " invites you.", de: " lädt dich ein." }
        StayWhoYouAre { en: "You stay who you are, ", de: "Du bleibst, wer du bist, " }
        KeepWhatYouSaid {
            en: ": you keep your name and what you said.",
            de: ": Du behältst deinen Namen und was du gesagt hast.",
        }
        HaveAccount { en: "You have an account? ", de: "Du hast ein Konto? " }
        HasAccount {
            en: "You have an account already. Log out first to make another one.",
            de: "Du hast schon ein Konto. Melde dich zuerst ab, um ein weiteres anzulegen.",
        }
        NeedsInvitation {
            en: "Signing up takes an invitation that still holds. Ask somebody who is here for a link.",
            de: "Zum Registrieren braucht man eine Einladung, die noch gilt. Bitte jemanden, der hier ist, um einen \
                 Link.",
        }
        SignUpClosed {
            en: "Signing up is closed. Whoever runs this site can make an account for you.",
            de: "Die Registrierung ist geschlossen. Wer diese Website betreibt, kann dir ein Konto anlegen.",
        }
        ToLobby { en: "To the lobby", de: "Zur Lobby" }

        // The first start.
        MakeSiteYours { en: "Make this site yours", de: "Übernimm diese Website" }
        NobodyOwnsSite {
            en: "Nobody owns this site yet. Whoever fills this in does: keeps order everywhere, decides who may sign \
                 up, and gives others power. The link works once.",
            de: "Diese Website gehört noch niemandem. Wer das hier ausfüllt, übernimmt sie: sorgt überall für Ordnung, \
                 entscheidet, wer sich registrieren darf, und gibt anderen Befugnisse. Der Link gilt nur einmal.",
        }
        MakeItMine { en: "Make it mine", de: "Übernehmen" }

        // An invitation.
        YouAreInvited { en: "You are invited", de: "Du bist eingeladen" }
        InvitesToRoom { en: " invites you to the room ", de: " lädt dich ein in den Raum " }
        InvitesToSite { en: " invites you to sign up here.", de: " lädt dich ein, dich hier zu registrieren." }
        ForSomebodyElse {
            en: "You have an account here already, so this is for somebody else.",
            de: "Du hast hier schon ein Konto, also ist das für jemand anderen.",
        }
        JoinAs { en: "You join as ", de: "Du kommst herein als " }
        JoinAsGuest { en: "Join as a guest", de: "Als Gast beitreten" }
        AboutGuests {
            en: "A guest needs no account, and gets a friendly name that can be changed.",
            de: "Ein Gast braucht kein Konto und bekommt einen freundlichen Namen, der sich ändern lässt.",
        }
        ClosedByNow { en: "But signing up is closed by now.", de: "Aber die Registrierung ist inzwischen geschlossen." }

        // Being banned.
        CannotAs {
            en: "You cannot read or write here as ",
            de: "Du kannst hier weder lesen noch schreiben. Gesperrt bist du als ",
        }
        Until { en: "until ", de: "bis " }
        ForEver { en: "for ever", de: "für immer" }
        TheReason { en: "The reason: ", de: "Der Grund: " }
        NoReason { en: "No reason was given.", de: "Ein Grund wurde nicht genannt." }

        // Not having what one asked for.
        TypedIsThere {
            en: "What you typed is still there if you go back in your browser. Or go to ",
            de: "Was du getippt hast, ist noch da, wenn du in deinem Browser zurückgehst. Sonst geh ",
        }
        TheLobby { en: "the lobby", de: "zur Lobby" }
        OrElse { en: ", or ", de: ", oder " }
        DoLogIn { en: "log in", de: "melde dich an" }

        // What others see of oneself.
        WhatOthersSee { en: "What others see", de: "Was andere sehen" }
        Colour { en: "Colour", de: "Farbe" }
        Red { en: "Red", de: "Rot" }
        Orange { en: "Orange", de: "Orange" }
        Amber { en: "Amber", de: "Bernstein" }
        Olive { en: "Olive", de: "Oliv" }
        Green { en: "Green", de: "Grün" }
        Teal { en: "Teal", de: "Petrol" }
        Cyan { en: "Cyan", de: "Türkis" }
        Sky { en: "Sky", de: "Himmelblau" }
        Blue { en: "Blue", de: "Blau" }
        Violet { en: "Violet", de: "Violett" }
        Magenta { en: "Magenta", de: "Magenta" }
        Pink { en: "Pink", de: "Rosa" }

        // One's password.
        WithAnother {
            en: "With another password, all your other sessions and your tokens end.",
            de: "Mit einem anderen Passwort enden alle deine anderen Sitzungen und deine Tokens.",
        }
        OldPassword { en: "Password until now", de: "Bisheriges Passwort" }
        NewPassword { en: "New password", de: "Neues Passwort" }
        ChangePassword { en: "Change password", de: "Passwort ändern" }

        // Being a guest.
        YouAreGuest { en: "You are a guest", de: "Du bist Gast" }
        OnlyThisBrowser {
            en: "Only this browser knows you. With an account you come in from anywhere, under the same name, \
                 and keep what you said.",
            de: "Nur dieser Browser kennt dich. Mit einem Konto kommst du von überall herein, unter demselben Namen, \
                 und behältst, was du gesagt hast.",
        }
        MakeAccount { en: "Make this an account", de: "Daraus ein Konto machen" }
        ByInvitation { en: "Signing up takes an invitation.", de: "Zum Registrieren braucht man eine Einladung." }

        // Where one is logged in.
        WhereLoggedIn { en: "Where you are logged in", de: "Wo du angemeldet bist" }
        EndOthers { en: "End all others", de: "Alle anderen beenden" }
        End { en: "End", de: "Beenden" }
        ThisOne { en: "this one", de: "diese hier" }
        Since { en: "Since ", de: "Seit " }
        LastUsed { en: ", last used ", de: ", zuletzt benutzt " }
        BrowserOn { en: "{0} on {1}", de: "{0} auf {1}" }
        BrowserOnDevice { en: "{0} on an {1}", de: "{0} auf einem {1}" }
        NamelessProgram { en: "A program without a name", de: "Ein Programm ohne Namen" }

        // What programs come with.
        Tokens { en: "API tokens", de: "API-Tokens" }
        AboutTokens {
            en: "With a token a program does in your name what you let it.",
            de: "Mit einem Token tut ein Programm in deinem Namen, was du ihm erlaubst.",
        }
        MakeToken { en: "Make a token", de: "Ein Token erstellen" }
        Made { en: "Made ", de: "Erstellt am " }
        Ends { en: ", ends ", de: ", endet am " }
        Read { en: "read", de: "lesen" }
        Write { en: "write", de: "schreiben" }
        Moderate { en: "moderate", de: "moderieren" }
        Administer { en: "admin", de: "verwalten" }
        WhatItIsFor { en: "What it is for", de: "Wofür es ist" }
        WhatItMayDo { en: "What it may do", de: "Was es darf" }
        SeeAnd { en: "See what you see, and", de: "Sehen, was du siehst, und" }
        MaySee { en: "see what you see", de: "sehen, was du siehst" }
        MayWrite { en: "write, react and join rooms", de: "schreiben, reagieren und Räumen beitreten" }
        MayModerate { en: "keep order where you do, and invite", de: "für Ordnung sorgen, wo du es tust, und einladen" }
        MayAdminister {
            en: "change your account, and govern the site if you do",
            de: "dein Konto ändern und die Website verwalten, wenn du es tust",
        }
        HowLong { en: "How long it holds", de: "Wie lange es gilt" }
        Days { en: "{0} day|{0} days", de: "{0} Tag|{0} Tage" }
        NewToken { en: "Your new token", de: "Dein neues Token" }
        SecretOf { en: "This is the secret of ", de: "Das ist das Geheimnis von " }
        CopyNow {
            en: ". Copy it now: it is shown this once.",
            de: ". Kopiere es jetzt: Es wird nur dieses eine Mal gezeigt.",
        }
        SentAs { en: "A program sends it along as ", de: "Ein Programm schickt es mit als " }
        HoldsUntil { en: ". It holds until ", de: ". Es gilt bis " }
        BackToSettings { en: "Back to the settings", de: "Zurück zu den Einstellungen" }

        // Whom one does not hear.
        WhomYouBlock { en: "People you block", de: "Wen du blockierst" }
        BlockNobody {
            en: "Nobody. What somebody whom you block says is hidden from you.",
            de: "Niemanden. Was jemand sagt, den du blockierst, wird dir nicht gezeigt.",
        }
        Unblock { en: "Unblock", de: "Nicht mehr blockieren" }

        // Leaving.
        Leave { en: "Leave", de: "Gehen" }
        GuestLeaves {
            en: "A guest who logs out cannot come back under this name.",
            de: "Ein Gast, der sich abmeldet, kann unter diesem Namen nicht wiederkommen.",
        }
        OwnerStays {
            en: "You own this site: your account can be closed once somebody else does.",
            de: "Dir gehört diese Website: Dein Konto lässt sich schließen, sobald sie jemand anderem gehört.",
        }
        CloseAccount { en: "Close my account", de: "Mein Konto schließen" }
        WhatGoes {
            en: "Your name, your password and all your sessions go, for good. What you said stays, under no name.",
            de: "Dein Name, dein Passwort und alle deine Sitzungen verschwinden, endgültig. Was du gesagt hast, \
                 bleibt, ohne Namen.",
        }
        WantThat {
            en: "I want that, and know that nobody can undo it.",
            de: "Ich will das und weiß, dass es niemand rückgängig machen kann.",
        }

        // Looking for messages.
        Where { en: "Where", de: "Wo" }
        OnlyIn { en: "Only in {0}", de: "Nur in {0}" }
        Everywhere { en: "Search everywhere", de: "Überall suchen" }
        WhatWasSaid { en: "What was said", de: "Was gesagt wurde" }
        DoSearch { en: "Search", de: "Suchen" }
        WhatToType { en: "What can be typed", de: "Was man eingeben kann" }
        SomeWords { en: "tea cake", de: "Tee Kuchen" }
        HoldBoth {
            en: "Messages that hold both, in any order",
            de: "Nachrichten, in denen beides vorkommt, egal in welcher Reihenfolge",
        }
        Phrase { en: "\"tea cake\"", de: "\"Tee Kuchen\"" }
        HoldExactly { en: "Messages that hold exactly this", de: "Nachrichten, in denen genau das vorkommt" }
        SaidBy {
            en: "What Ana said; a name with blanks goes in quotes: from:\"Ana 2\"",
            de: "Was Ana gesagt hat; ein Name mit Leerzeichen steht in Anführungszeichen: from:\"Ana 2\"",
        }
        SaidInRoom {
            en: "What was said in a room, by its key or its title",
            de: "Was in einem Raum gesagt wurde, nach seinem Schlüssel oder Titel",
        }
        SaidSince { en: "What was said since that day began", de: "Was gesagt wurde, seit dieser Tag begonnen hat" }
        SaidBefore { en: "What was said before that day began", de: "Was gesagt wurde, bevor dieser Tag begonnen hat" }
        AboutSearch {
            en: "Only rooms that you may read are searched. Case and accents do not matter.",
            de: "Durchsucht werden nur Räume, die du lesen darfst. Groß- und Kleinschreibung und Akzente sind egal.",
        }

        // Messages that were found.
        Found { en: "Found", de: "Gefunden" }
        StillReading {
            en: "Still reading in what was said: there may be more in a while.",
            de: "Was gesagt wurde, wird noch eingelesen: Bald gibt es vielleicht mehr.",
        }
        NothingFound { en: "Nothing was found.", de: "Nichts gefunden." }
        OlderOnes { en: "Older ones", de: "Ältere" }
        AmongOurselves { en: "Among ourselves", de: "Unter uns" }
        Within { en: " in ", de: " in " }

        // Messages that name me.
        WhereNamed { en: "Where you are named", de: "Wo du genannt wirst" }
        NobodyNamed { en: "Nobody has named you with @", de: "Noch hat dich niemand mit @" }
        Yet { en: " yet.", de: " genannt." }

        // In which language.
        InLanguage { en: "Language", de: "Sprache" }
        LanguageHere { en: "Language of this browser", de: "Sprache dieses Browsers" }
        AsBrowserAsks { en: "As the browser asks for", de: "Wie der Browser es will" }
    }
}
