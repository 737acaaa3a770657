//! Why something could not be: the words of the server's errors, in the order of their enum. What is wrong with a request
//! that no page of ours makes is told to programs, in English, where it is found.

use super::words;

words! {
    /// What went wrong.
    Fault {
        BodyEmpty { en: "There is nothing to send.", de: "Es gibt nichts zu senden." }
        BodyTooLong { en: "A message has at most {0} KiB.", de: "Eine Nachricht hat höchstens {0} KiB." }
        NameTooLong { en: "A name has at most {0} characters.", de: "Ein Name hat höchstens {0} Zeichen." }
        NameEmpty {
            en: "A name needs at least one visible character.",
            de: "Ein Name braucht mindestens ein sichtbares Zeichen.",
        }
        PasswordTooShort {
            en: "A password has at least {0} characters.",
            de: "Ein Passwort hat mindestens {0} Zeichen.",
        }
        PasswordTooLong { en: "A password has at most {0} characters.", de: "Ein Passwort hat höchstens {0} Zeichen." }
        PasswordGuessed {
            en: "Many people have that password, so it is guessed first. Choose another.",
            de: "Viele haben dieses Passwort, also wird es zuerst geraten. Wähle ein anderes.",
        }
        ReplyUnknown {
            en: "The message that this answers does not exist.",
            de: "Die Nachricht, auf die das antwortet, gibt es nicht.",
        }
        MessageUnknown { en: "That message does not exist any more.", de: "Diese Nachricht gibt es nicht mehr." }
        NotYours { en: "That message is somebody else's.", de: "Diese Nachricht ist von jemand anderem." }
        TooManyReactions {
            en: "A message has at most {0} reactions.",
            de: "Eine Nachricht hat höchstens {0} Reaktionen.",
        }
        TooLarge { en: "A request has at most {0} KiB.", de: "Eine Anfrage hat höchstens {0} KiB." }
        TooSlow { en: "The request took too long to come.", de: "Die Anfrage hat zu lange gebraucht." }
        TooManyRooms {
            en: "One connection follows at most {0} rooms.",
            de: "Eine Verbindung folgt höchstens {0} Räumen.",
        }
        TooManyConnections {
            en: "There are too many connections from your address.",
            de: "Von deiner Adresse kommen zu viele Verbindungen.",
        }
        Unauthenticated { en: "Log in, or become a guest, first.", de: "Melde dich zuerst an, oder werde Gast." }
        GuestsOff { en: "This server does not let guests in.", de: "Dieser Server lässt keine Gäste ein." }
        ForeignOrigin {
            en: "This request comes from a page of another site.",
            de: "Diese Anfrage kommt von der Seite einer anderen Website.",
        }
        Banned { en: "You are banned.", de: "Du bist gesperrt." }
        Muted { en: "You are muted here.", de: "Du bist hier stummgeschaltet." }
        NotMember { en: "Join the room first.", de: "Tritt dem Raum zuerst bei." }
        Archived {
            en: "The room is archived: nobody speaks there any more.",
            de: "Der Raum ist archiviert: Dort spricht niemand mehr.",
        }
        AnnounceOnly { en: "Only moderators speak in this room.", de: "In diesem Raum sprechen nur Moderatoren." }
        Forbidden { en: "That is not for you to do.", de: "Das darfst du nicht." }
        Outranked {
            en: "They have as much to say here as you.",
            de: "Wen das betrifft, hat hier genauso viel zu sagen wie du.",
        }
        OutOfScope { en: "This token was not made for that.", de: "Dafür wurde dieses Token nicht gemacht." }
        PersonUnknown { en: "There is nobody of that name.", de: "Niemand heißt so." }
        WrongPassword { en: "Name or password is wrong.", de: "Name oder Passwort ist falsch." }
        SignUpClosed { en: "Signing up takes an invitation.", de: "Zum Registrieren braucht man eine Einladung." }
        InviteInvalid {
            en: "This invitation is used up or has expired.",
            de: "Diese Einladung ist verbraucht oder abgelaufen.",
        }
        NameTaken { en: "Somebody has that name.", de: "Jemand heißt schon so." }
        RoomTaken { en: "There is a room of that key already.", de: "Einen Raum mit diesem Schlüssel gibt es schon." }
        WordRefused {
            en: "This holds a word that is not said here.",
            de: "Darin kommt ein Wort vor, das hier nicht gesagt wird.",
        }
        Held {
            en: "This waits until somebody who keeps order has looked at it.",
            de: "Das wartet, bis es jemand angesehen hat, der für Ordnung sorgt.",
        }
        GuestTooNew { en: "New guests do not post links yet.", de: "Neue Gäste verschicken noch keine Links." }
        Blocked {
            en: "One of you does not want to hear from the other.",
            de: "Einer von euch will vom anderen nichts hören.",
        }
        ColourUnknown { en: "There are {0} colours, from 0 on.", de: "Es gibt {0} Farben, von 0 an." }
        TitleTooLong { en: "A title has 1 to {0} characters.", de: "Ein Titel hat 1 bis {0} Zeichen." }
        TopicTooLong { en: "A topic has at most {0} characters.", de: "Ein Thema hat höchstens {0} Zeichen." }
        ReasonTooLong { en: "A reason has at most {0} characters.", de: "Ein Grund hat höchstens {0} Zeichen." }
        TooManyPeople {
            en: "People write to each other directly in rooms of 2 to {0}.",
            de: "Direkt schreiben sich 2 bis {0} Personen in einem Raum.",
        }
        OutOfRange { en: "{0} is 1 to {1}.", de: "{0} ist 1 bis {1}." }
        TheTime { en: "The time", de: "Die Zeit" }
        TheCount { en: "The count", de: "Die Anzahl" }
        TooMany { en: "There are as many as there may be.", de: "Es gibt so viele, wie es geben darf." }
        NotFound { en: "There is nothing here.", de: "Hier ist nichts." }
        MethodNotAllowed { en: "This address does not do that.", de: "Diese Adresse tut das nicht." }
        TooFast {
            en: "That was too fast. Try again in {0} s.",
            de: "Das war zu schnell. Versuch es in {0} s noch einmal.",
        }
        Busy {
            en: "The server has too much to do. Try again in {0} s.",
            de: "Der Server hat zu viel zu tun. Versuch es in {0} s noch einmal.",
        }
        Unavailable {
            en: "The server cannot do that right now. Try again.",
            de: "Der Server kann das gerade nicht. Versuch es noch einmal.",
        }
        Internal { en: "Something broke on our side.", de: "Bei uns ist etwas kaputtgegangen." }
        Form {
            en: "Something in this form is not as it has to be.",
            de: "Etwas in diesem Formular ist nicht, wie es sein muss.",
        }
    }
}
