//! Set phrases around articles, in the languages of Europe's press.

use std::sync::LazyLock;

use regex::Regex;

/// A pattern whose `\b` asks for ASCII letters only: any other sends a text with one accent to the
/// slowest engine of the crate, at several times the price.
pub(super) fn pattern(pattern: &str) -> Regex {
    let pattern = pattern.replace(r"\b", r"(?-u:\b)");
    Regex::new(&pattern).expect("the pattern is constant")
}

static READ_ALSO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:(?:lees|bekijk|kijk|luister|beluister)(?: (?:hier|dan))? (?:ook|meer|verder|terug|alles|het hele|de hele|onze|meer over)\b|(?:lees|bekijk|kijk|luister|beluister|lest|read|click) hier\b|(?:click|read|see|find|get) [\w\s]{0,40}\bhere\b|klik(?:t)? hier|meer (?:over|lezen|nieuws|weten)\b|ook interessant|gerelateerd|zie ook\b|verder lezen|(?:read|see|watch|listen)(?: (?:also|more|next|too))\b|also (?:read|see|on)\b|related(?: (?:articles|stories|content|news|posts))?\b|recommended\b|more (?:on|from|about|stories)\b|up next|you may (?:also )?like|you might (?:also )?like|don.t miss|editor.s (?:picks?|choice)|lesen sie (?:auch|mehr)|mehr (?:zum thema|dazu|lesen)|auch interessant|weiterlesen|zum thema|das könnte sie|lire aussi|à lire|sur le même (?:sujet|thème)|lees ook|les også|læs også|läs (?:också|mer)|leggi anche|lea también|most read|most popular|meest gelezen|trending)",
    )
});

static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:foto|photo|bild|beeld|image|picture|credit|fotograaf|photograph|crédit|illustratie|illustration|video|afbeelding|photography|photo credit|©|copyright)(?:'s|s)?(?: (?:by|door|van|von))?\s*[:©(]|^\s*©|\((?:foto|photo|beeld|bild|image)s?[: ][^)]{2,60}\)\s*$|(?:v\.?l\.?n\.?r|from left|von links|de gauche à droite|l(?:eft)? to r(?:ight)?|\(l(?:inks)?\)|op de foto|pictured|im bild)\b.*$|(?:getty images|shutterstock|unsplash|istock|picture[ -]alliance|/(?:anp|epa|afp|ap|dpa|reuters|belga|getty))\s*[.)]?\s*$",
    )
});

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d+ (?:min|uur|uren|dagen|hours?|days?|minutes?|stunden|minuten|heures?)\b|^(?:laatste update|laatst bijgewerkt|bijgewerkt|gepubliceerd|geplaatst|published|updated|posted|last (?:updated|modified)|aktualisiert|veröffentlicht|stand|publié|mis à jour|vandaag|gisteren|today|yesterday)\b",
    )
});

static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)nieuwsbrief|newsletter|abonneer|abonnement|abonnee\b|word lid|subscribe|subscription|sign up|schrijf je in|aanmelden|meld je aan|inloggen|log in\b|sign in\b|register|registreer|heb je een (?:tip|vraag|foutje)|tip de redactie|mail (?:ons|de redactie|naar)|stuur (?:ons )?een (?:mail|e-mail|bericht|app)|download (?:de|onze|our|the) (?:gratis )?app|whatsapp|volg (?:ons|jij|onze)|follow us|jetzt (?:abonnieren|testen|anmelden)|abonnieren sie|melden sie sich|s.abonner|inscrivez|donate\b|doneer|support (?:us|our)|\bsteun (?:ons|onze) [^.!?]{0,40}(?:journalistiek|redactie|verslaggeving|nieuwssite)|\bsteun (?:(?:onafhankelijke|lokale|regionale|vrije|goede) )+journalistiek|\bwaardeer (?:je )?dit (?:artikel|verhaal)\b|cookies?\b|privacy|sponsored|advertis|click here|klik hier|leave a (?:comment|reply)|reageer|all rights reserved|alle rechten|terms of (?:use|service)|push-?berichten|notificat",
    )
});

static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:deel|delen|share|teilen|partager|compartir|condividi|del|tweet|facebook|twitter|x|whatsapp|linkedin|e-?mail|mail|print|kopieer|copy link|link|pinterest|telegram|reddit|bewaar|save|opslaan|merken|bookmark|drucken|favorieten|reacties?|comments?|\d+ (?:reacties?|comments?|kommentare|shares?)|volg|follow|luister|listen|voorlezen|gift article|comment|beluister)\b",
    )
});

static ADVERTISEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:advertenties?|advertisements?|advertising|reclame|anzeige|werbung|publicité|annonce|annons|ad|ads|sponsored|gesponsord|promoted|partnercontent|scroll to continue|lees verder onder|tekst gaat verder|article continues|continue reading|story continues|artikel gaat verder)\b",
    )
});

static AGO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:\d+ ?(?:s|m|min|u|h|d|sec|uur|uren|dag(?:en)?|we(?:ek|ken)|maand(?:en)?|minu(?:ut|ten)|hours?|days?|weeks?|months?|minutes?|years?)\b.{0,12}\b(?:geleden|ago)\b|vor \d+ (?:stunden?|minuten|tagen?)|il y a \d+|\d{1,2}[:.]\d\d\b|(?:ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun)[a-z]*,? \d|\d{1,2} (?:jan|feb|mrt|maa|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})",
    )
});

static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:correctie|rectificatie|erratum|aanvulling|naschrift|correction|editor.s note)\b[^:.–—-]{0,30}[:.–—-]|^[\W_]*(?:correctie|rectificatie|erratum|correction) (?-i:In|Op|Bij|Dit|Deze|Het|De|Een|Eerder|Anders|An?|The|This)\b|^[\W_]*(?:verbeterd|verbetering|herstel|hersteld) ?:|^[\W_]*met (?:correctie|rectificatie)[\W_]*$|^[\W_]*update\b[^:–—-]{0,30}[:–—-]|\beerdere versie van (?:dit|deze|het)\b|\bearlier version of this\b|^[\W_]*(?:dit|het) (?:artikel|bericht|verhaal|stuk) (?:is|werd) (?:\w+ ){0,4}(?:aangevuld|aangepast|gecorrigeerd|gewijzigd|geactualiseerd|bijgewerkt|gerectificeerd)\b|^[\W_]*this (?:article|story) (?:was|has been) (?:updated|corrected|amended)\b",
    )
});

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    let what = "inhoud|content|video|tweet|post|bericht|element|embed|kaart|podcast|fragment";
    let begins = format!(
        r"(?:deze|dit|de|externe) (?:\w+ ){{0,2}}(?:{what})|(?:om|voor) (?:deze|dit|de) (?:\w+ ){{0,2}}(?:{what})|wij hebben jouw toestemming|hier (?:staat|stond|zie je) (?:een|normaal)|this (?:content|video|post|embed)|to (?:view|see) this"
    );
    let asks = "cookies?|cookie-?instellingen|toestemming|consent|privacy-?instellingen";
    pattern(&format!(r"(?i)^[\W_]*(?:{begins})\b.*\b(?:{asks})\b"))
});

static TIPS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:(?:zie|zag|heb|hebt|weet|ken|ontdek) (?:je|jij|u) (?:ook |zelf )?(?:een|iets|meer|nog) (?:\w+ )?(?:fout(?:je)?|tip|nieuwstip|opmerking|aanvulling|vraag of (?:tip|opmerking)|nieuws voor ons)\b[^?]{0,80}\?|(?:fout(?:je)?|typefout|taalfout) (?:gezien|gespot|ontdekt|gevonden)\b[^?]{0,40}\?|klopt er iets niet\b[^?]{0,40}\?|tips? (?:voor|aan) (?:de|onze) redactie\b|tip (?:de|onze) redactie\b)",
    )
});

static EARLIER_VERSION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\beerdere versie van (?:dit|deze|het)\b|\b(?:stond|werd) (?:ten onrechte|abusievelijk|eerder)\b|\bearlier version of this\b",
    )
});

static CORRECTION_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:correctie|rectificatie|erratum|aanvulling|verbetering|naschrift(?: (?:van de )?redactie)?|correcties? en (?:aanvulling(?:en)?|verbetering(?:en)?)|correction|clarification|editor.s note)[\W_]*$",
    )
});

static COMMENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^a-z0-9é]*(?:\d+ (?:reacties?|comments?|kommentare?|commentaires?)|(?:geen|no) (?:reacties|comments|kommentare|commentaires)|(?:één|one) (?:reactie|comment))[^a-z0-9]*$|^[^a-z0-9é]*(?:reacties?|comments?|kommentare|commentaires) ?\(\d+\)[^a-z0-9]*$",
    )
});

/// Whether a heading counts what readers say below it.
pub(super) fn counts_comments(text: &str) -> bool {
    COMMENTS.is_match(text)
}

/// Whether a block tells what was changed in its article.
pub(super) fn is_correction(text: &str) -> bool {
    const CHARS_MAX: usize = 600;
    text.len() <= CHARS_MAX && CORRECTION.is_match(text) && (takes_back(text) || !is_prompt(text))
}

/// Whether a block says what stood there before, which may be of anything.
pub(super) fn takes_back(text: &str) -> bool {
    EARLIER_VERSION.is_match(text)
}

/// Whether a block is a heading under which that is told.
pub(super) fn heads_correction(text: &str) -> bool {
    CORRECTION_HEADING.is_match(text)
}

/// Whether a block ends as sentences do.
pub(super) fn is_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '’', '»', '\'', ')', ' ']).ends_with(['.', '!', '?'])
}

/// Whether a block stands in place of a video or a post that asks for consent.
pub(super) fn is_placeholder(text: &str) -> bool {
    const CHARS_MAX: usize = 300;
    text.len() <= CHARS_MAX && PLACEHOLDER.is_match(text)
}

/// Whether a block asks readers for tips or mistakes.
pub(super) fn asks_for_tips(text: &str) -> bool {
    const CHARS_MAX: usize = 300;
    text.len() <= CHARS_MAX && TIPS.is_match(text)
}

/// Whether a block is said by somebody, in quotes from its beginning to its end.
pub(super) fn is_quote(text: &str) -> bool {
    let opens = text.starts_with(['‘', '“', '"', '„', '«']);
    opens && text.ends_with(['’', '”', '"', '»']) && is_sentence(text)
}

/// Whether a block is a sentence that tells something, and asks for nothing.
pub(super) fn tells(text: &str) -> bool {
    is_sentence(text)
        && text.contains(' ')
        && !is_prompt(text)
        && !reads_also(text)
        && !is_share(text)
        && !is_advertisement(text)
        && !is_credit(text)
        && !text.contains('@')
}

/// Whether a block begins with when something appeared, as lists of other articles do.
pub(super) fn begins_with_time(text: &str) -> bool {
    AGO.is_match(text)
}

/// Whether a block points at other articles.
pub(super) fn reads_also(text: &str) -> bool {
    READ_ALSO.is_match(text)
}

/// Whether a block says who made a picture.
pub(super) fn is_credit(text: &str) -> bool {
    const CHARS_MAX: usize = 300;
    text.len() <= CHARS_MAX && CREDIT.is_match(text)
}

/// Whether a short block tells a date or a time.
pub(super) fn is_date(text: &str) -> bool {
    DATE.is_match(text)
}

/// What speaks to whoever reads a page: somebody is spoken to, asked, told to do something or sold it.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    let you = r"\b(?:je|jij|jou|jouw|u|uw|jullie|ons|onze|wij|we|hier|you|your|us|our|here)\b";
    let told = "lees|bekijk|kijk|luister|volg|deel|meld|mail|bel|app|tip|stuur|schrijf|reageer|klik|\
                download|abonneer|registreer|word|probeer|check|read|share|follow|sign|click|email";
    let sold =
        "abonne|account|nieuwsbrief|newsletter|inlog|premium|cookie|toestemming|registre|subscri";
    let credit = r"^(?:foto|beeld|bron|video)['’]?s?\b\s*[:/]";
    Regex::new(&format!(r"(?i){you}|\?|^(?:{told})\b|{credit}|{sold}"))
        .expect("the pattern is constant")
});

/// Whether a block is a sentence that speaks to nobody, whatever words it has: of privacy, of a photo.
pub(super) fn tells_of(text: &str) -> bool {
    const WORDS_MIN: usize = 5;
    is_sentence(text)
        && text.split_whitespace().nth(WORDS_MIN - 1).is_some()
        && !text.contains('@')
        && !CALL.is_match(text)
}

/// Whether a block asks for something: a subscription, a tip, an address.
pub(super) fn is_prompt(text: &str) -> bool {
    const CHARS_MAX: usize = 400;
    text.len() <= CHARS_MAX && PROMPT.is_match(text)
}

/// Whether a short block is for sharing or reacting.
pub(super) fn is_share(text: &str) -> bool {
    SHARE.is_match(text)
}

/// Whether a short block announces an advertisement, or that the text goes on behind it.
pub(super) fn is_advertisement(text: &str) -> bool {
    ADVERTISEMENT.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plea_for_gifts_asks_and_news_of_support_tells() {
        for plea in [
            "Steun onze onafhankelijke journalistiek met een kleine bijdrage.",
            "Steun ons en de lokale redactie in jouw dorp.",
            "Steun onafhankelijke lokale journalistiek.",
            "Waardeer je dit artikel? Geef een bedrag naar keuze.",
        ] {
            assert!(is_prompt(plea) && !tells(plea), "{plea}");
        }
        for told in [
            "De minister geeft steun aan de lokale journalistiek.",
            "Zonder steun onze haven uit, dat lukt geen schip.",
            "De jury kon het verhaal waarderen.",
        ] {
            assert!(!is_prompt(told), "{told}");
        }
    }
}
