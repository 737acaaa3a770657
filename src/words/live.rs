//! The words of a room's page.

use super::words;

words! {
    /// What the page of a room says, whoever draws it.
    Live {
        AppTitle { en: "Chat App", de: "Chat App" }
        AppTitleUnread { en: "({0}) Chat App", de: "({0}) Chat App" }
        Heading { en: "Real-Time Chat", de: "Echtzeit-Chat" }
        ClosedRoom { en: "Closed room", de: "Geschlossener Raum" }
        DirectMessages { en: "Direct messages", de: "Direktnachrichten" }
        OpenRoom { en: "Open room", de: "Offener Raum" }
        OthersHere { en: "{0} other here|{0} others here", de: "{0} weitere Person hier|{0} weitere Personen hier" }
        Somebody { en: "Somebody", de: "Jemand" }
        You { en: "You", de: "Du" }
        Guest { en: "Guest", de: "Gast" }

        // Where one is, and the ways elsewhere.
        Rooms { en: "Rooms", de: "Räume" }
        People { en: "People", de: "Personen" }
        GoTo { en: "Go to…", de: "Gehe zu …" }
        GoToKey { en: "Ctrl K", de: "Strg K" }
        WithUnread { en: " with something unread", de: " mit Ungelesenem" }
        Unread { en: " unread", de: " ungelesen" }
        UnreadAndNamed { en: " unread, and you are named", de: " ungelesen, und du wirst genannt" }
        AllRooms { en: "All rooms", de: "Alle Räume" }
        Mentions { en: "Mentions", de: "Erwähnungen" }
        Search { en: "Search", de: "Suche" }
        Settings { en: "Settings", de: "Einstellungen" }
        Admin { en: "Admin", de: "Verwaltung" }
        LogIn { en: "Log in", de: "Anmelden" }
        SignUp { en: "Sign up", de: "Registrieren" }
        Members { en: "Members", de: "Mitglieder" }
        Notifications { en: "Notifications", de: "Benachrichtigungen" }
        ChangeYourName { en: "Change your name", de: "Deinen Namen ändern" }
        YourName { en: "Your name", de: "Dein Name" }
        Save { en: "Save", de: "Speichern" }

        // How it stands with the connection.
        Reload { en: "Reload to see new messages", de: "Für neue Nachrichten neu laden" }
        Connecting { en: "Connecting…", de: "Verbinden …" }
        Connected { en: "Live", de: "Live" }
        Offline { en: "Offline, trying again…", de: "Offline, neuer Versuch …" }
        Out { en: "You are not in this room any more", de: "Du bist nicht mehr in diesem Raum" }
        BannedFromSite { en: "You are banned", de: "Du bist gesperrt" }
        SessionEnded { en: "Your session has ended", de: "Deine Sitzung ist beendet" }
        Disconnected { en: "Disconnected. Reload the page", de: "Getrennt. Lade die Seite neu" }
        Unreachable { en: "The server cannot be reached.", de: "Der Server ist nicht erreichbar." }
        Unreadable { en: "The server's answer cannot be read.", de: "Die Antwort des Servers ist nicht lesbar." }
        OneMoment { en: "One moment, please.", de: "Einen Moment, bitte." }

        // The list of messages.
        Messages { en: "Messages", de: "Nachrichten" }
        Empty { en: "Nothing has been said here yet. Say hello!", de: "Hier wurde noch nichts gesagt. Sag hallo!" }
        Older { en: "Older messages", de: "Ältere Nachrichten" }
        Newest { en: "Newest messages", de: "Neueste Nachrichten" }
        NewMessages { en: "{0} new message|{0} new messages", de: "{0} neue Nachricht|{0} neue Nachrichten" }
        News { en: "{0}{1} new|{0}{1} new", de: "{0}{1} neue|{0}{1} neue" }
        NewsSince { en: "{0}{1} new since {2}|{0}{1} new since {2}", de: "{0}{1} neue seit {2}|{0}{1} neue seit {2}" }
        Pinned { en: "{0} pinned|{0} pinned", de: "{0} angeheftet|{0} angeheftet" }
        New { en: "New", de: "Neu" }
        Today { en: "Today", de: "Heute" }
        Yesterday { en: "Yesterday", de: "Gestern" }
        Writes { en: "{0} is writing…", de: "{0} schreibt …" }
        BothWrite { en: "{0} and {1} are writing…", de: "{0} und {1} schreiben …" }
        SeveralWrite { en: "Several people are writing…", de: "Mehrere schreiben …" }

        // One message.
        WasDeleted { en: "This message was deleted.", de: "Diese Nachricht wurde gelöscht." }
        Deleted { en: "deleted", de: "gelöscht" }
        Earlier { en: "an earlier message", de: "eine frühere Nachricht" }
        IsPinned { en: "pinned", de: "angeheftet" }
        IsEdited { en: "edited", de: "bearbeitet" }
        AnswerWhom { en: "Answer {0}", de: "{0} antworten" }
        ActionsFor { en: "Actions for the message of {0}", de: "Aktionen für die Nachricht von {0}" }
        AndMore { en: "{1} and {0} more|{1} and {0} more", de: "{1} und {0} weitere Person|{1} und {0} weitere" }
        Copy { en: "Copy", de: "Kopieren" }
        TryAgain { en: "Try again", de: "Nochmals versuchen" }

        // What can be done with it.
        ActionsHere { en: "Actions for this message", de: "Aktionen für diese Nachricht" }
        ThumbsUp { en: "Thumbs up", de: "Daumen hoch" }
        Heart { en: "Heart", de: "Herz" }
        Laughing { en: "Laughing", de: "Lachend" }
        Party { en: "Party", de: "Feier" }
        Astonished { en: "Astonished", de: "Erstaunt" }
        Sad { en: "Sad", de: "Traurig" }
        AnotherEmoji { en: "Another emoji", de: "Anderes Emoji" }
        Answer { en: "Answer", de: "Antworten" }
        Edit { en: "Edit", de: "Bearbeiten" }
        Pin { en: "Pin", de: "Anheften" }
        Unpin { en: "Unpin", de: "Loslösen" }
        MarkUnread { en: "Mark unread from here", de: "Ab hier als ungelesen markieren" }
        CopyLink { en: "Copy link", de: "Link kopieren" }
        ReportOrMore { en: "Report or more…", de: "Melden oder mehr …" }
        Delete { en: "Delete", de: "Löschen" }
        DeleteForGood { en: "Delete for good", de: "Endgültig löschen" }
        DeleteQuestion { en: "Delete this message for good?", de: "Diese Nachricht endgültig löschen?" }
        KeepIt { en: "Keep it", de: "Behalten" }

        // What I did and the room does not have yet.
        ToBeDeleted { en: "A message is to be deleted.", de: "Eine Nachricht soll gelöscht werden." }
        ToBePinned {
            en: "A pin is to be set or taken away.",
            de: "Eine Nachricht soll angeheftet oder losgelöst werden.",
        }
        AwaitsServer { en: "waiting for the server…", de: "wartet auf den Server …" }
        AwaitsConnection { en: "waiting for the connection…", de: "wartet auf die Verbindung …" }
        Sending { en: "sending…", de: "wird gesendet …" }
        Deleting { en: "deleting…", de: "wird gelöscht …" }
        Saving { en: "saving…", de: "wird gespeichert …" }
        NotSent { en: "Not sent: ", de: "Nicht gesendet: " }
        NotSaved { en: "Not saved: ", de: "Nicht gespeichert: " }
        NotDeleted { en: "Not deleted: ", de: "Nicht gelöscht: " }
        NotDone { en: "Not done: ", de: "Nicht ausgeführt: " }

        // Where one writes.
        WriteMessage { en: "Write a message", de: "Eine Nachricht schreiben" }
        TypeMessage { en: "Type a message", de: "Nachricht schreiben" }
        Message { en: "Message", de: "Nachricht" }
        Send { en: "Send", de: "Senden" }
        Emoji { en: "Emoji", de: "Emoji" }
        Cancel { en: "Cancel", de: "Abbrechen" }
        Editing { en: "Editing your message", de: "Du bearbeitest deine Nachricht" }
        Answering { en: "Answering {0}", de: "Antwort an {0}" }
        TooLong { en: "This is too long for one message.", de: "Das ist zu lang für eine Nachricht." }
        SplitIt {
            en: "This is too long for one message. Please split it.",
            de: "Das ist zu lang für eine Nachricht. Bitte teile es auf.",
        }
        Join { en: "Join", de: "Beitreten" }
        Banned { en: "You are banned from this room.", de: "Du bist aus diesem Raum verbannt." }
        LoggedOut { en: "Your session has ended.", de: "Deine Sitzung ist beendet." }
        NotMember { en: "You are not in this room.", de: "Du bist nicht in diesem Raum." }
        Muted { en: "You are muted here.", de: "Du bist hier stummgeschaltet." }
        Archived {
            en: "This room is archived: nothing is said here any more.",
            de: "Dieser Raum ist archiviert: Hier wird nichts mehr gesagt.",
        }
        AnnounceOnly { en: "Only moderators write here.", de: "Hier schreiben nur Moderatoren." }
        MayNotWrite { en: "You may not write here.", de: "Du darfst hier nicht schreiben." }

        // What became of the room, or of somebody in it.
        Joined { en: "{0} joined", de: "{0} ist beigetreten" }
        Left { en: "{0} left", de: "{0} ist gegangen" }
        Added { en: "{0} added {1}", de: "{0} hat {1} hinzugefügt" }
        WasRemoved { en: "{0} was removed", de: "{0} wurde entfernt" }
        KeepsOrder { en: "{0} keeps order here now", de: "{0} sorgt hier jetzt für Ordnung" }
        IsMember { en: "{0} is a member like others now", de: "{0} ist jetzt ein Mitglied wie andere" }
        WasMuted { en: "{0} was muted", de: "{0} wurde stummgeschaltet" }
        WasMutedUntil { en: "{0} was muted until {1}", de: "{0} wurde bis {1} stummgeschaltet" }
        WasBanned { en: "{0} was banned", de: "{0} wurde verbannt" }
        WasBannedUntil { en: "{0} was banned until {1}", de: "{0} wurde bis {1} verbannt" }
        MayWriteAgain { en: "{0} may write again", de: "{0} darf wieder schreiben" }
        MayComeAgain { en: "{0} may come again", de: "{0} darf wiederkommen" }
        Renamed { en: "The room is called “{0}” now", de: "Der Raum heißt jetzt „{0}“" }
        NoTopic { en: "The room has no topic any more", de: "Der Raum hat kein Thema mehr" }
        TopicIs { en: "The topic is now “{0}”", de: "Das Thema ist jetzt „{0}“" }
        EverybodyMayJoin { en: "Everybody may join now", de: "Jetzt dürfen alle beitreten" }
        ByInvitation { en: "One joins by invitation now", de: "Beitreten kann man jetzt nur mit Einladung" }
        OpenToGuests { en: "The room is open to guests now", de: "Der Raum ist jetzt offen für Gäste" }
        ClosedToGuests { en: "The room is not open to guests any more", de: "Der Raum ist nicht mehr offen für Gäste" }
        ModeratorsWrite { en: "Only moderators write here now", de: "Jetzt schreiben hier nur Moderatoren" }
        EverybodyWrites { en: "Everybody may write again", de: "Jetzt dürfen wieder alle schreiben" }
        WasArchived { en: "The room was archived", de: "Der Raum wurde archiviert" }
        InUseAgain { en: "The room is in use again", de: "Der Raum ist wieder in Gebrauch" }
        AsOftenAsLiked {
            en: "One may write as often as one likes again",
            de: "Jetzt darf man wieder so oft schreiben, wie man will",
        }
        Slow {
            en: "One may write every {0} second now|One may write every {0} seconds now",
            de: "Jetzt darf man jede Sekunde schreiben|Jetzt darf man alle {0} Sekunden schreiben",
        }
    }
}
