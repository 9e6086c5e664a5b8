//! What a page gives a reader who has not paid, logged in or consented. No site is known by name.

use std::sync::LazyLock;

use dom_query::Document;
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::extract::json_ld::{self, JsonLd};
use crate::extract::meta::Meta;
use crate::extract::phrases::pattern;
use crate::extract::{Kind, Source};
use crate::normalize::gate;
use crate::normalize::text;

/// How much of an article a page gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// The whole article.
    Full,
    /// The beginning of it, though nothing is asked for the rest.
    Teaser,
    /// The beginning of it, or all, with the rest for those who pay.
    Paid,
    /// A page that asks for consent or a log-in stands where the article should.
    Gated,
    /// The server took us for a robot that may not read.
    Blocked,
    /// There is no telling.
    #[default]
    Unknown,
}

impl Access {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Teaser => "teaser",
            Self::Paid => "paid",
            Self::Gated => "gated",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }

    /// The inverse of [`Access::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Full, Self::Teaser, Self::Paid, Self::Gated, Self::Blocked, Self::Unknown];
        all.into_iter().find(|access| access.as_str() == word)
    }
}

/// What stands where the article should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wall {
    /// A question for consent.
    Consent,
    /// A form to log in.
    LogIn,
    /// A test whether a robot asks, or a refusal of it.
    BotChallenge,
    /// Words that nothing is here, with a status that says otherwise.
    SoftNotFound,
}

impl Wall {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::LogIn => "log_in",
            Self::BotChallenge => "bot_challenge",
            Self::SoftNotFound => "soft_not_found",
        }
    }

    /// The access that goes with it.
    pub fn access(self) -> Access {
        match self {
            Self::Consent | Self::LogIn => Access::Gated,
            Self::BotChallenge => Access::Blocked,
            Self::SoftNotFound => Access::Unknown,
        }
    }
}

/// What stands where a page was, whatever its headline.
static GONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:web)?pagina|artikel|(?:dit|het) bericht)\b[^.!?]{0,60}\b(?:verhuisd of verwijderd|verwijderd of verhuisd|bestaat (?:helaas )?niet(?: meer)?|niet (?:kunnen |kon )?(?:worden )?gevonden|kunnen (?:we|wij) niet vinden)\b",
    )
});

/// A page with more words than this may say so of another.
const GONE_WORDS_MAX: usize = 120;

/// A page with more words than this of its own is no wall, whatever its title.
const WALL_WORDS_MAX: usize = 400;

/// One that states when it was published has fewer than this in paragraphs, if it is a wall.
const DATED_WALL_WORDS_MAX: usize = 60;

/// What a page says of itself, for [`wall`].
pub(super) struct Said<'s> {
    pub document: &'s Document,
    pub json_ld: &'s JsonLd,
    /// All of its words.
    pub n_words: usize,
    /// How it states when it was published.
    pub dated: Dated,
}

/// How a page states when it was published, and the words in its paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dated {
    /// In its data.
    Data { n_prose: usize },
    /// By a `time` beside its headline alone, as lists of other articles on a wall have too: only
    /// paragraphs that stand together are counted.
    Time { n_prose: usize },
    /// Not at all, or in words.
    Undated,
}

static LOG_IN_PATH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)/(?:login|log-in|signin|sign-in|inloggen|aanmelden|anmelden|connexion|oauth|sso|auth)(?:$|[/?.])",
    )
});

static LOG_IN_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:log ?in|inloggen|aanmelden|sign ?in|anmelden|se connecter|einloggen|log je in)\b",
    )
});

static CHALLENGE_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:just a moment|een moment geduld|attention required|access denied|access to this page has been denied|toegang geweigerd|pardon our interruption|are you (?:a robot|human)|robot check|bent u een robot|ben je een robot|security check|ddos-guard|please wait|checking your browser|verify(?:ing)? (?:you are|that you are) human|403 forbidden|forbidden|429 too many requests|too many requests|request blocked|you have been blocked|service unavailable|human verification|captcha|bot (?:challenge|verification)|client challenge)",
    )
});

static CHALLENGE_MARKS: &str = "#challenge-form, #challenge-running, #cf-challenge-running, \
     .cf-error-details, #px-captcha, .g-recaptcha, .h-captcha, #cf-wrapper, \
     script[src*='captcha-delivery'], script[src*='/cdn-cgi/challenge-platform/h/'], \
     iframe[src*='captcha'], form[action*='captcha'], [class*='captcha']";

static NOT_FOUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:error|fout)\s*)?(?:404|410)\s*(?:$|[^a-z0-9\s]|(?:error|fout|not|niet|oeps|oops|(?:geen |deze )?pagina|page|seite|sorry|gone|file not|bestand niet|nothing (?:here|found)|helaas)\b)|\b404\s*(?:-|–|:|\||$)|(?:pagina|artikel|bericht|page|article|seite|artikel) (?:is |kon |kan |could |was |wurde |kunne )?(?:niet (?:worden )?(?:gevonden|beschikbaar)|not (?:be )?(?:found|available)|nicht gefunden|non trouvée)|^niet gevonden|^not found|(?:pagina|artikel) (?:die (?:je|u) zoekt )?bestaat niet(?: meer)?|no longer available|niet meer beschikbaar|nothing (?:was )?found|page introuvable",
    )
});

/// Whether what stands here is no article at all. Headlines speak of walls too, so that a title says
/// little on a page that is an article by all else.
pub(super) fn wall(source: &Source, page: &Said<'_>) -> Option<Wall> {
    let Said { document, n_words, dated, .. } = *page;
    let article = page.json_ld.article();
    if article.is_some_and(|article| article.contains_key("datePublished")) {
        return None;
    }
    let title = text::one_line(&document.select_single("title").text());
    let heading = text::one_line(&document.select_single("h1").text());
    let said = [title.as_str(), heading.as_str()];
    let is_said = |pattern: &Regex| said.iter().any(|said| pattern.is_match(said));
    let refused = source.status.is_some_and(|status| matches!(status, 401 | 403 | 429 | 503));
    let is_article = !refused
        && match dated {
            Dated::Data { n_prose } => n_prose >= DATED_WALL_WORDS_MAX,
            Dated::Time { n_prose } => {
                n_prose >= DATED_WALL_WORDS_MAX && !said.iter().any(|said| names_a_wall(said))
            }
            Dated::Undated => false,
        };
    let is_short = n_words <= WALL_WORDS_MAX && !is_article;
    let is_named_so = said.iter().any(|said| gate::is_title(said));
    if goes_to(source, gate::is_place) || (is_short && is_named_so) {
        return Some(Wall::Consent);
    }
    if !is_short {
        return None;
    }
    if is_said(&CHALLENGE_TITLE)
        || ((refused || n_words < 120) && document.select(CHALLENGE_MARKS).exists())
    {
        return Some(Wall::BotChallenge);
    }
    let asks_password = document.select("input[type='password']").exists();
    if goes_to(source, |place| LOG_IN_PATH.is_match(place))
        || (asks_password && (is_said(&LOG_IN_TITLE) || n_words < 120))
    {
        return Some(Wall::LogIn);
    }
    let is_gone = || n_words <= GONE_WORDS_MAX && GONE.is_match(&document.select("body").text());
    (is_said(&NOT_FOUND) || is_gone()).then_some(Wall::SoftNotFound)
}

/// Behind the last of these a title has the name of its site.
const SEPARATORS: [&str; 4] = [" | ", " - ", " – ", " — "];

/// Words that say nothing, around those that name a wall.
static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:oeps|oops|sorry|helaas|fout|error|de|het|een|deze|dit|die|is|op|the|this|a|an)\b",
    )
});

/// Who is asked for something is spoken to; headlines tell of others.
static TO_READER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:je|jij|jouw|u|uw|we|wij|onze|you|your|our|sie|ihre?|deine?|wir|vous|votre)\b",
    )
});

/// Whether a title or heading names a wall and tells nothing beside it.
fn names_a_wall(said: &str) -> bool {
    const TELLING_WORDS_MIN: usize = 2;
    const GATE_WORDS_MAX: usize = 3;
    let site = SEPARATORS.iter().filter_map(|separator| said.rfind(separator)).max();
    let said = &said[..site.unwrap_or(said.len())];
    let is_gate = gate::is_title(said) && said.split_whitespace().count() <= GATE_WORDS_MAX;
    let mut all = [&*CHALLENGE_TITLE, &*NOT_FOUND].into_iter();
    let is_bare = |wall: &Regex| {
        let rest = wall.replace_all(said, " ");
        let rest = FILLER.replace_all(&rest, " ");
        let is_word = |word: &&str| word.contains(char::is_alphanumeric);
        wall.is_match(said) && rest.split_whitespace().filter(is_word).count() < TELLING_WORDS_MIN
    };
    let is_named =
        || gate::is_title(said) || CHALLENGE_TITLE.is_match(said) || NOT_FOUND.is_match(said);
    is_gate || all.any(is_bare) || is_named() && TO_READER.is_match(said)
}

/// Whether the request was led to another place, whose host or path says what it is.
fn goes_to(source: &Source, is: impl Fn(&str) -> bool) -> bool {
    let place = |url: &str| {
        let url = Url::parse(url).ok()?;
        Some(format!("{}{}", url.host_str().unwrap_or_default(), url.path()))
    };
    let Some(landed) = place(&source.url) else { return false };
    // From http to https is nowhere else: an article on consent may be named after it.
    let is_elsewhere =
        source.asked_url.as_deref().and_then(place).is_none_or(|asked| asked != landed);
    is_elsewhere && is(&landed)
}

/// What publishers say of an article that is not for everyone.
pub(super) fn is_free(all: &JsonLd, meta: &Meta) -> Option<bool> {
    let own = all.article().and_then(|article| article.get("isAccessibleForFree"));
    let said = json_ld::boolean(own);
    if said.is_some() {
        return said;
    }
    let tier = meta.first(&["article:content_tier", "content_tier", "og:article:content_tier"]);
    match tier.as_deref().map(str::to_lowercase).as_deref() {
        Some("free") => return Some(true),
        Some("locked" | "metered" | "paid" | "premium") => return Some(false),
        _ => {}
    }
    let paid = meta.matching(|name| {
        let name = name.rsplit([':', '-']).next().unwrap_or_default().replace('_', "");
        [
            "paywall",
            "ispremium",
            "ispaid",
            "premium",
            "articleispaidcontent",
            "ispaidcontent",
            "contentaccess",
        ]
        .contains(&name.as_str())
    });
    let paid = paid.first().map(|value| value.to_lowercase());
    match paid.as_deref() {
        Some("true" | "1" | "yes" | "paid" | "premium" | "hard" | "locked" | "metered") => {
            Some(false)
        }
        Some("false" | "0" | "no" | "free") => Some(true),
        _ => json_ld::boolean(all.of_own_page("isAccessibleForFree"))
            .or_else(|| has_part_that_is_paid(all).then_some(false)),
    }
}

/// Whether an element of the page is said to be not free. One that is says nothing of the others.
fn has_part_that_is_paid(all: &JsonLd) -> bool {
    let is_paid = |part: &Map<String, Value>| {
        json_ld::boolean(part.get("isAccessibleForFree")) == Some(false)
    };
    let within = match all.article().and_then(|article| article.get("hasPart")) {
        Some(Value::Array(parts)) => parts.as_slice(),
        Some(part) => std::slice::from_ref(part),
        None => &[],
    };
    let mut within = within.iter().filter_map(Value::as_object);
    all.of_type("WebPageElement").any(is_paid) || within.any(is_paid)
}

/// What was found, for [`judge`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    pub is_free: Option<bool>,
    /// The page asks for a subscription right where its text ends.
    pub has_prompt: bool,
    pub kind: Kind,
    pub n_words: usize,
    /// The words the page says the article has.
    pub n_words_stated: Option<usize>,
    pub ends_open: bool,
    /// The page says that it is one article.
    pub is_article: bool,
}

/// How much of the article the page gives.
pub(super) fn judge(evidence: Evidence) -> Access {
    const LIVE_WORDS_MIN: usize = 100;
    const ARTICLE_WORDS_MIN: usize = 25;
    if evidence.is_free == Some(false) || (evidence.has_prompt && evidence.is_free.is_none()) {
        return Access::Paid;
    }
    if evidence.n_words == 0 {
        return Access::Unknown;
    }
    let is_cut = evidence.n_words_stated.is_some_and(|stated| evidence.n_words * 2 < stated);
    let is_empty_live = evidence.kind == Kind::LiveBlog && evidence.n_words < LIVE_WORDS_MIN;
    if is_cut || is_empty_live || evidence.ends_open {
        return Access::Teaser;
    }
    if evidence.n_words < ARTICLE_WORDS_MIN || !evidence.is_article {
        return Access::Unknown;
    }
    Access::Full
}

/// Whether a text stops in the middle of things.
pub(super) fn ends_open(text: &str) -> bool {
    let last = text.rsplit("\n\n").next().unwrap_or_default().trim_end();
    last.ends_with('…') || last.ends_with("...") || last.ends_with("[…]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Kind;
    use crate::query::Field;

    #[test]
    fn a_number_of_an_error_is_told_from_one_of_news() {
        for gone in [
            "404 File Not Found",
            "404 Geen pagina gevonden",
            "404 Deze pagina is er niet meer",
            "404 Bestand niet gevonden",
            "404 Nothing here",
            "404 Helaas",
            "410 Gone",
        ] {
            assert!(NOT_FOUND.is_match(gone), "{gone}");
        }
        for news in [
            "404 euro per maand voor een kamer",
            "410 bestanden met namen gestolen",
            "404 kilometer file op donderdag",
            "410 geen ronde afstand voor schaatsers",
            "404 files in een week",
        ] {
            assert!(!NOT_FOUND.is_match(news), "{news}");
        }
    }

    #[test]
    fn an_element_that_is_not_free_is_of_a_page_that_is_not() {
        let check = |stated: &str, part: &str, expected: Option<bool>| {
            let document = Document::from(format!(
                "<h1>Brug bij Hulst dicht</h1><script type=application/ld+json>{{\"@graph\":[\
                 {{\"@type\":\"NewsArticle\",\"headline\":\"Brug bij Hulst dicht\"{stated},\
                 \"hasPart\":{{\"@id\":\"#rest\"}}}},{{\"@type\":\"WebPageElement\",\
                 \"@id\":\"#rest\",\"isAccessibleForFree\":{part}}}]}}</script>"
            ));
            let found = is_free(&JsonLd::of(&document), &Meta::of(&document));
            assert_eq!(found, expected, "{stated} {part}");
        };
        check("", "false", Some(false));
        check("", "true", None);
        check(",\"isAccessibleForFree\":true", "false", Some(true));
        let within = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Brug\",\
                      \"hasPart\":{\"@type\":\"WebPageElement\",\"isAccessibleForFree\":\"False\"}}</script>";
        for page in
            [within, "<meta name=is_premium content=true>", "<meta name=paywall content=hard>"]
        {
            let document = Document::from(page);
            let found = is_free(&JsonLd::of(&document), &Meta::of(&document));
            assert_eq!(found, Some(false), "{page}");
        }
    }

    #[test]
    fn a_page_of_somebody_may_be_gone_in_the_news() {
        assert!(GONE.is_match("Deze pagina bestaat niet meer."));
        assert!(GONE.is_match("De webpagina is verhuisd of verwijderd."));
        assert!(!GONE.is_match("De Facebookpagina van de wethouder bestaat niet meer."));
    }

    #[test]
    fn a_query_may_ask_for_what_there_is() {
        let words = |field: Field| field.words().unwrap().iter();
        assert!(words(Field::Access).all(|word| Access::from_word(word).is_some()));
        assert!(words(Field::Type).all(|word| Kind::from_word(word).is_some()));
        assert_eq!((words(Field::Access).len(), words(Field::Type).len()), (6, 6));
    }
}
