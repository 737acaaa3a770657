//! The words of the pages about rooms, single messages, and keeping order.

use super::words;

words! {
    /// What is said of rooms as one manages and finds them, of single messages and what can be done with them, and to
    /// those who keep order.
    Order {
        // What stands on several of these pages.
        KeepOrderWith { en: "Keep order: {0}", de: "Für Ordnung sorgen: {0}" }
        PressAbout { en: "{0} {1}", de: "{0}: {1}" }
        ByInvitation { en: "By invitation", de: "Mit Einladung" }
        MorePeople { en: "More people", de: "Weitere Personen" }
        MoreRooms { en: "More rooms", de: "Weitere Räume" }
        NameBegins { en: "Their name begins with", de: "Der Name beginnt mit" }
        NobodyOfThatName {
            en: "There is nobody whose name begins so.",
            de: "Es gibt niemanden, dessen Name so beginnt.",
        }
        WriteTo { en: "Write to", de: "Schreiben" }
        WhatItIsCalled { en: "What it is called", de: "Wie er heißt" }
        WhatItIsAbout { en: "What it is about", de: "Worum es geht" }
        WaitsToBeSeen { en: "What waits to be looked at", de: "Was noch anzusehen ist" }
        ForGood { en: "for good", de: "für immer" }

        // Roles, as they stand beside a name.
        Reader { en: "reader", de: "liest mit" }
        Guest { en: "guest", de: "Gast" }
        Member { en: "member", de: "Mitglied" }
        Moderator { en: "moderator", de: "Moderation" }
        Admin { en: "admin", de: "Verwaltung" }
        Owner { en: "owner", de: "Inhaber" }

        // How long something holds.
        TenMinutes { en: "10 minutes", de: "10 Minuten" }
        AnHour { en: "an hour", de: "eine Stunde" }
        ADay { en: "a day", de: "einen Tag" }
        AWeek { en: "a week", de: "eine Woche" }
        ThirtyDays { en: "30 days", de: "30 Tage" }
        AYear { en: "a year", de: "ein Jahr" }

        // Muting and banning.
        Mute { en: "Mute", de: "Stummschalten" }
        Ban { en: "Ban", de: "Verbannen" }
        BanFromSite { en: "Ban from the site", de: "Für die Website sperren" }
        BanFromWholeSite { en: "Ban from the whole site", de: "Für die ganze Website sperren" }
        RestrainFor { en: "{0} for", de: "{0}: Wie lange?" }
        WhyForAll { en: "Why, for all to read", de: "Warum, für alle lesbar" }
        AlsoNetworks {
            en: "Also newcomers from the networks that they come from",
            de: "Auch Neue aus den Netzen, aus denen diese Person kommt",
        }
        LetSpeakAgain { en: "Let speak again", de: "Wieder schreiben lassen" }
        LetInAgain { en: "Let in again", de: "Wieder hereinlassen" }

        // What a room is.
        InShort { en: "In short", de: "Kurz gesagt" }
        AmongThemselves { en: "People among themselves.", de: "Personen unter sich." }
        ClosedRoom {
            en: "By invitation: for others it is not there.",
            de: "Mit Einladung: Für andere gibt es ihn nicht.",
        }
        OpenToAll { en: "Open to everybody, guests too.", de: "Offen für alle, auch für Gäste." }
        OpenToAccounts { en: "Open to everybody with an account.", de: "Offen für alle mit Konto." }
        ModeratorsSpeak { en: "Only moderators speak.", de: "Nur Moderatoren schreiben." }
        IsSlow {
            en: "One speaks every second at most.|One speaks every {0} seconds at most.",
            de: "Man schreibt höchstens einmal pro Sekunde.|Man schreibt höchstens alle {0} Sekunden.",
        }
        IsArchived {
            en: "It is archived: nobody speaks there any more.",
            de: "Er ist archiviert: Dort schreibt niemand mehr.",
        }
        KeepsNothing {
            en: "Nothing that is said there is kept.",
            de: "Nichts, was dort gesagt wird, wird aufbewahrt.",
        }
        OpenTheRoom { en: "Open the room", de: "Den Raum öffnen" }
        Leave { en: "Leave", de: "Verlassen" }

        // Who is in it.
        WhoIsInIt { en: "Who is in it", de: "Wer darin ist" }
        NobodyJoined { en: "Nobody has joined it.", de: "Niemand ist beigetreten." }
        Muted { en: "muted", de: "stumm" }
        You { en: "you", de: "du" }
        MakeModerator { en: "Make moderator", de: "In die Moderation aufnehmen" }
        MakeMember { en: "Make member", de: "Zum Mitglied machen" }
        StepDown { en: "Step down", de: "Moderation abgeben" }
        SendOut { en: "Send out", de: "Hinausschicken" }

        // How it is set.
        ChangeIt { en: "Change it", de: "Ändern" }
        HowOften { en: "How often one speaks", de: "Wie oft man schreibt" }
        AsTheyLike { en: "as they like", de: "so oft man will" }
        EverySeconds { en: "every second|every {0} seconds", de: "jede Sekunde|alle {0} Sekunden" }
        EveryMinutes { en: "every minute|every {0} minutes", de: "jede Minute|alle {0} Minuten" }
        EveryHours { en: "every hour|every {0} hours", de: "jede Stunde|alle {0} Stunden" }
        Set { en: "Set", de: "Festlegen" }
        OpenItToGuests { en: "Open it to guests too", de: "Auch für Gäste öffnen" }
        OpenItToAccounts { en: "Open it to everybody with an account", de: "Für alle mit Konto öffnen" }
        LetNoGuestsIn { en: "Let no guests in", de: "Keine Gäste einlassen" }
        MakeByInvitation { en: "Make it by invitation", de: "Auf Einladung beschränken" }
        LetEverybodySpeak { en: "Let everybody speak", de: "Alle schreiben lassen" }
        LetModeratorsSpeak { en: "Let only moderators speak", de: "Nur Moderatoren schreiben lassen" }
        OpenArchived { en: "Open the archived room again", de: "Den archivierten Raum wieder öffnen" }
        ArchiveIt { en: "Archive it", de: "Archivieren" }

        // What only those see there who keep order.
        BringIn { en: "Bring in", de: "Hereinholen" }
        BringSomebodyIn { en: "Bring somebody in", de: "Jemanden hereinholen" }
        NobodyElse {
            en: "There is nobody else whose name begins so.",
            de: "Sonst gibt es niemanden, dessen Name so beginnt.",
        }
        WhoIsMuted { en: "Who is muted", de: "Wer stummgeschaltet ist" }
        MoreMuted { en: "More who are muted", de: "Weitere Stummgeschaltete" }
        WhoIsBanned { en: "Who is banned", de: "Wer verbannt ist" }
        MoreBanned { en: "More who are banned", de: "Weitere Verbannte" }

        // Invitations.
        Invitations { en: "Invitations", de: "Einladungen" }
        LinkLetsIn { en: "Whoever has such a link may come in.", de: "Wer so einen Link hat, darf hereinkommen." }
        ItHoldsFor { en: "It holds for", de: "Gültig für" }
        HowManyUses { en: "How many may use it", de: "Wie viele ihn nutzen dürfen" }
        MakeLink { en: "Make a link", de: "Einen Link erstellen" }
        By { en: "By ", de: "Von " }
        MoreMayCome {
            en: "{0} more may come with it, until |{0} more may come with it, until ",
            de: "{0} weitere Person kann damit kommen, bis |{0} weitere Personen können damit kommen, bis ",
        }
        InvitationBy { en: "the invitation by {0}", de: "die Einladung von {0}" }
        HereIsLink { en: "Here is the link", de: "Hier ist der Link" }
        CopyNow {
            en: "Copy it now: it is shown this once.",
            de: "Kopiere ihn jetzt: Er wird nur dieses eine Mal gezeigt.",
        }
        MayCome {
            en: "{0} may come with it, until |{0} may come with it, until ",
            de: "{0} Person kann damit kommen, bis |{0} Personen können damit kommen, bis ",
        }
        Back { en: "Back", de: "Zurück" }

        // Which rooms there are.
        OpenRooms { en: "Open rooms", de: "Offene Räume" }
        NoMoreRooms { en: "There are no more.", de: "Mehr gibt es nicht." }
        MoreForThose { en: "There may be more for those who ", de: "Vielleicht gibt es noch mehr für alle, die " }
        WhoLogIn { en: "log in", de: "sich anmelden" }
        YouAreIn { en: "you are in it", de: "du bist darin" }
        About { en: "About", de: "Info" }
        AboutRoom { en: "About {0}", de: "Info zu {0}" }
        SoManyNew { en: "{0} new|{0} new", de: "{0} neue|{0} neue" }
        MoreThanNew { en: "more than {0} new", de: "mehr als {0} neue" }
        WriteToSomebody { en: "Write to somebody", de: "Jemandem schreiben" }

        // Making a room.
        NewRoom { en: "A new room", de: "Ein neuer Raum" }
        YouKeepOrder {
            en: "You keep order in what you make.",
            de: "In einem Raum, den du anlegst, sorgst du für Ordnung.",
        }
        ItsKey { en: "Its key", de: "Sein Schlüssel" }
        AboutKeys {
            en: "Stands in its address, for ever: a to z, 0 to 9 and hyphens, like book-club.",
            de: "Steht für immer in seiner Adresse: a bis z, 0 bis 9 und Bindestriche, etwa lese-kreis.",
        }
        WhoMayComeIn { en: "Who may come in", de: "Wer hereinkommen darf" }
        EverybodyWithAccount { en: "Everybody with an account", de: "Alle mit Konto" }
        OnlyByInvitation {
            en: "Only by invitation; for others it is not there",
            de: "Nur mit Einladung; für andere gibt es ihn nicht",
        }
        KeepNothing {
            en: "Keep nothing of what is said (for live events)",
            de: "Nichts aufbewahren, was gesagt wird (für Live-Veranstaltungen)",
        }
        AboutKeeping {
            en: "For ever. Whoever is there hears it; later nobody can read it, search for it, answer it or report it.",
            de: "Für immer. Wer gerade da ist, bekommt es mit; später kann es niemand lesen, suchen, beantworten oder \
                 melden.",
        }
        MakeTheRoom { en: "Make the room", de: "Den Raum anlegen" }

        // Why a room cannot be read.
        ForAccounts { en: "For people with an account", de: "Für Personen mit Konto" }
        LogInToRead {
            en: "Whoever is in this room has an account here. Log in, and you can read it.",
            de: "Wer in diesem Raum ist, hat hier ein Konto. Melde dich an, dann kannst du ihn lesen.",
        }
        NoGuestsHere {
            en: "This server does not let guests in. Log in, and you can read it.",
            de: "Dieser Server lässt keine Gäste ein. Melde dich an, dann kannst du den Raum lesen.",
        }
        NotForGuests {
            en: "Guests do not read this room. Get an account, and you keep who you are and what you said.",
            de: "Gäste lesen diesen Raum nicht. Leg ein Konto an: Du behältst, wer du bist und was du gesagt hast.",
        }
        GetAccount { en: "Get an account", de: "Ein Konto anlegen" }
        BannedFromRoom { en: "You are banned from this room", de: "Du bist aus diesem Raum verbannt" }
        WasSentOut {
            en: "Those who keep order there have sent you out.",
            de: "Wer dort für Ordnung sorgt, hat dich hinausgeschickt.",
        }
        WasSentOutUntil {
            en: "Those who keep order there have sent you out, ",
            de: "Wer dort für Ordnung sorgt, hat dich hinausgeschickt, ",
        }
        TheySayWhy { en: "They say why: ", de: "Der Grund: " }
        MayJoin {
            en: "You keep order on this site, so you may come into this room without an invitation. Everybody in it \
                 will see that you did.",
            de: "Du sorgst auf dieser Website für Ordnung, also darfst du diesen Raum ohne Einladung betreten. Alle, \
                 die darin sind, werden es sehen.",
        }
        NothingHere { en: "There is nothing here.", de: "Hier ist nichts." }
        OrNotForYou {
            en: "Or not for you: a room by invitation shows itself only to those who are in it.",
            de: "Oder nicht für dich: Ein Raum mit Einladung zeigt sich nur denen, die darin sind.",
        }
        IfYouHaveAccount { en: " If you have an account, ", de: " Wenn du ein Konto hast, " }
        DoLogIn { en: "log in", de: "melde dich" }
        First { en: " first.", de: " zuerst an." }
        GoToLobby { en: "Go to the lobby", de: "Zur Lobby" }

        // One message.
        InRoom { en: "In ", de: "In " }
        SeeInPlace { en: "See it in its place", de: "An ihrer Stelle ansehen" }
        ReportIt { en: "Report it", de: "Melden" }
        ToReport { en: "To report a message, ", de: "Um eine Nachricht zu melden, " }
        ReportLogIn { en: "log in", de: "melde dich an" }
        OrSaySomething { en: " or say something first.", de: " oder sag zuerst etwas." }
        AboutReports {
            en: "Those who keep order here will look at it. Others do not learn that you did.",
            de: "Wer hier für Ordnung sorgt, wird sie ansehen. Andere erfahren nicht, dass du sie gemeldet hast.",
        }
        WhatIsWrong { en: "What is wrong with it", de: "Was daran nicht stimmt" }
        Report { en: "Report", de: "Melden" }
        ThisMessage { en: "This message", de: "Diese Nachricht" }
        Block { en: "Block", de: "Blockieren" }
        IsBlocked { en: "You do not hear from them.", de: "Du hörst nichts von dieser Person." }
        AboutBlocking {
            en: "You will not hear from them any more. They do not learn of it.",
            de: "Du hörst dann nichts mehr von dieser Person. Sie erfährt es nicht.",
        }
        LetThemSpeak { en: "Let them speak again", de: "Wieder schreiben lassen" }
        LetThemIn { en: "Let them in again", de: "Wieder hereinlassen" }
        SendOutOfRoom { en: "Send out of this room", de: "Aus diesem Raum hinausschicken" }
        MuteInRoom { en: "Mute in this room", de: "In diesem Raum stummschalten" }
        BanFromRoom { en: "Ban from this room", de: "Aus diesem Raum verbannen" }

        // The site's people.
        Reports { en: "Reports", de: "Meldungen" }
        ActsOfPower { en: "Acts of power", de: "Eingriffe" }
        Now { en: "Now", de: "Jetzt" }
        GuestsByName { en: "Guests are found by their names only.", de: "Gäste findet man nur über ihren Namen." }
        BannedFor { en: "banned ", de: "gesperrt " }
        MakeAdmin { en: "Make admin", de: "In die Verwaltung aufnehmen" }
        HandSiteOver { en: "Hand the site over to", de: "Die Website übergeben" }

        // The site's rooms.
        NotThoseOfPeople {
            en: "All but those of people among themselves.",
            de: "Alle außer denen, in denen Personen unter sich sind.",
        }
        IsByInvitation { en: "by invitation", de: "mit Einladung" }
        IsOpenToGuests { en: "open to guests", de: "offen für Gäste" }
        IsOpen { en: "open", de: "offen" }
        Archived { en: "archived", de: "archiviert" }
        Events { en: "{0} event|{0} events", de: "{0} Ereignis|{0} Ereignisse" }
        Archive { en: "Archive", de: "Archivieren" }
        OpenAgain { en: "Open again", de: "Wieder öffnen" }

        // What was reported or held back.
        NothingWaits { en: "Nothing waits for you.", de: "Nichts wartet auf dich." }
        ReportedBy { en: "Reported by ", de: "Gemeldet von " }
        HeldBack { en: "Held back by the word filter", de: "Vom Wortfilter zurückgehalten" }
        MoreCanBeDone { en: "More that can be done", de: "Was man noch tun kann" }
        WhatTheyWrote { en: "what {0} wrote", de: "was {0} geschrieben hat" }
        NothingWrong { en: "Nothing wrong", de: "In Ordnung" }
        Remove { en: "Remove", de: "Entfernen" }
        SayIt { en: "Say it", de: "Freigeben" }
        Never { en: "Never", de: "Verwerfen" }

        // Acts of power: who did it stands in front, and whom and where at the place.
        NobodyUsedPower { en: "Nobody has used their power yet.", de: "Noch hat niemand eingegriffen." }
        SomebodyAtMachine { en: "Somebody at the machine itself", de: "Jemand am Server selbst" }
        DidAdd { en: "brought in {0}", de: "hat {0} hereingeholt" }
        DidRemove { en: "sent out {0}", de: "hat {0} hinausgeschickt" }
        DidAppoint { en: "gave another role to {0}", de: "hat {0} eine andere Rolle gegeben" }
        DidMute { en: "muted {0}", de: "hat {0} stummgeschaltet" }
        DidUnmute { en: "let speak again {0}", de: "lässt {0} wieder schreiben" }
        DidBan { en: "banned {0}", de: "hat {0} verbannt" }
        DidUnban { en: "let in again {0}", de: "lässt {0} wieder herein" }
        DidChangeTitle { en: "changed the title {0}", de: "hat {0} den Titel geändert" }
        DidChangeTopic { en: "changed the topic {0}", de: "hat {0} das Thema geändert" }
        DidChangeKind { en: "changed who may come in {0}", de: "hat {0} geändert, wer hereinkommen darf" }
        DidChangeGuests {
            en: "changed whether guests may come in {0}",
            de: "hat {0} geändert, ob Gäste hereinkommen dürfen",
        }
        DidChangeSpeakers { en: "changed who may speak {0}", de: "hat {0} geändert, wer schreiben darf" }
        DidChangeSlow {
            en: "changed how often one may speak {0}",
            de: "hat {0} geändert, wie oft man schreiben darf",
        }
        DidArchive {
            en: "changed whether it is archived {0}",
            de: "hat {0} geändert, ob der Raum archiviert ist",
        }
        DidDelete { en: "deleted a message by {0}", de: "hat eine Nachricht von {0} gelöscht" }
        DidSettle { en: "settled a report about {0}", de: "hat eine Meldung über {0} erledigt" }
        DidInvite { en: "made an invitation {0}", de: "hat {0} eine Einladung erstellt" }
        DidPromote {
            en: "gave another role on the site to {0}",
            de: "hat {0} eine andere Rolle auf der Website gegeben",
        }
        DidBanFromSite { en: "banned from the site {0}", de: "hat {0} für die Website gesperrt" }
        DidUnbanFromSite { en: "let onto the site again {0}", de: "lässt {0} wieder auf die Website" }
        DidSetSite { en: "changed how the site is set {0}", de: "hat {0} die Website anders eingestellt" }

        // What more the log says of them.
        NumberedMessage { en: "message {0}", de: "Nachricht {0}" }
        EverybodySignsUp { en: "everybody signs up", de: "alle können sich registrieren" }
        InvitedSignUp { en: "signing up takes an invitation", de: "zum Registrieren braucht man eine Einladung" }
        NobodySignsUp { en: "nobody signs up", de: "niemand kann sich registrieren" }
        SiteWasSet {
            en: "{0}; new guests wait {1} min with links; words refused: {2}, words that hold back: {3}",
            de: "{0}; neue Gäste warten {1} min mit Links; abgelehnte Wörter: {2}, zurückhaltende Wörter: {3}",
        }
        IsClosed { en: "closed", de: "geschlossen" }
        On { en: "on", de: "ja" }
        Off { en: "off", de: "nein" }
        Dismissed { en: "dismissed", de: "in Ordnung" }
        Removed { en: "removed", de: "entfernt" }

        // How the site is set.
        HowSiteIsSet { en: "How this site is set", de: "Wie diese Website eingestellt ist" }
        WhoMaySignUp { en: "Who may sign up", de: "Wer sich registrieren darf" }
        Everybody { en: "Everybody", de: "Alle" }
        WhoeverIsInvited { en: "Whoever has an invitation", de: "Wer eine Einladung hat" }
        Nobody { en: "Nobody", de: "Niemand" }
        GuestMinutes {
            en: "Minutes in which a new guest posts no links",
            de: "Minuten, in denen ein neuer Gast keine Links schickt",
        }
        RefusedWords { en: "Words that no message holds", de: "Wörter, die in keiner Nachricht stehen" }
        HeldWords {
            en: "Words that hold a message back until it was looked at",
            de: "Wörter, die eine Nachricht zurückhalten, bis sie jemand angesehen hat",
        }
        OtherWords { en: "Others, one a line", de: "Weitere, eines pro Zeile" }
        AboutTicks { en: "What is not ticked is let go.", de: "Was nicht angehakt ist, entfällt." }
        InvitationsToSignUp { en: "Invitations to sign up", de: "Einladungen zum Registrieren" }

        // How the server does.
        LastMinute { en: "In the last minute", de: "In der letzten Minute" }
        SinceStart { en: "Since the start", de: "Seit dem Start" }
        MessagesASecond { en: "Messages a second", de: "Nachrichten pro Sekunde" }
        DeliveriesASecond { en: "Deliveries a second", de: "Zustellungen pro Sekunde" }
        TransactionsASecond { en: "Transactions a second", de: "Transaktionen pro Sekunde" }
        LogInsAMinute { en: "Log-ins a minute", de: "Anmeldungen pro Minute" }
        Transactions { en: "Transactions that are on the disk.", de: "Transaktionen, die auf der Platte sind." }
        EventsInThem { en: "Events in them.", de: "Ereignisse darin." }
        MessagesAmongThem { en: "Messages among them.", de: "Nachrichten darunter." }
        Deliveries {
            en: "Events given to those who follow, one for each of them.",
            de: "Ereignisse, die denen zugestellt wurden, die folgen, für alle einzeln gezählt.",
        }
        LogIns {
            en: "People who came in with their password.",
            de: "Personen, die mit ihrem Passwort hereinkamen.",
        }
        UnknownCommits {
            en: "Transactions of which it is not known whether they are on the disk.",
            de: "Transaktionen, von denen man nicht weiß, ob sie auf der Platte sind.",
        }
        SlowReaders {
            en: "Connections closed because they read slower than the room spoke.",
            de: "Verbindungen, die geschlossen wurden, weil sie langsamer lasen, als im Raum geschrieben wurde.",
        }
        NoSeat {
            en: "Connections refused because there were too many.",
            de: "Verbindungen, die abgelehnt wurden, weil es zu viele waren.",
        }
        FromTheFuture {
            en: "Clients that have seen more of a room than there is: something that was acknowledged is gone.",
            de: "Clients, die mehr von einem Raum gesehen haben, als es gibt: Etwas, das bestätigt war, ist weg.",
        }
        OpenSockets { en: "Open sockets.", de: "Offene Sockets." }
        ConnectedPeople { en: "People who are connected.", de: "Personen, die verbunden sind." }
        HashedPasswords {
            en: "Passwords that were hashed or looked at.",
            de: "Passwörter, die gehasht oder geprüft wurden.",
        }
    }
}
