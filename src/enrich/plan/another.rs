//! Whether a page is of its article, and by which addresses that is known.

use url::Url;

use super::Plan;
use crate::dedupe::another::{
    Move, has_lost_its_dates, is_alike, is_moved, is_taken_in, may_be_one,
};
use crate::dedupe::fingerprint::differ;
use crate::dedupe::identity;
use crate::dedupe::same::say_the_same;
use crate::enrich::seen::content;
use crate::extract::Page;
use crate::fetch;
use crate::model::article::{Content, IdentityKey};
use crate::normalize::url::canonical;
use crate::store::{Error, Tx, articles};

impl Plan {
    /// Makes the article known by the addresses of its page on the same site that name no other.
    pub(super) fn name(&self, tx: &Tx<'_>, page: &Page) -> Result<(), Error> {
        let site = fetch::site(&self.state.url);
        let addresses = [self.seen.final_url.as_deref(), page.canonical_url.as_deref()];
        let own = addresses.into_iter().flatten().filter(|address| fetch::site(address) == site);
        let keys: Vec<IdentityKey> =
            own.filter_map(canonical).filter_map(|url| identity::of_page(&url)).collect();
        articles::keys::add(tx, self.article, &keys)
    }

    /// Whether it led to another article, or shows one: that is known by the address where it stands,
    /// or has nothing in common with this one.
    pub(super) fn is_of_another(
        &self,
        tx: &Tx<'_>,
        (last, current): (&Content, &Content),
        page: &Page,
    ) -> Result<bool, Error> {
        let now = content(page);
        if say_the_same(last, &now) && !is_taken_in(last, &now) {
            return Ok(false);
        }
        // The feed may have the headline of now already.
        let is_alike = || is_alike(last, &now) || may_be_one(current, &now);
        let is_front_now = is_front(page.canonical_url.as_deref());
        // The front may have the beginning of this article among others, but not under its headline.
        let stated_last = self.state.canonical_url.as_deref();
        let was_article = stated_last.is_some() && !is_front(stated_last);
        let is_headed = [last, current].iter().any(|one| !differ(&one.title, &now.title));
        if is_front_now && was_article && !is_headed {
            return Ok(true);
        }
        if (is_front_now || has_lost_its_dates(last, &now)) && !is_alike() {
            return Ok(true);
        }
        let stated = page.canonical_url.as_deref();
        let stands_at = self.seen.final_url.as_deref().or(stated).and_then(canonical);
        let Some(address) = stands_at else { return Ok(false) };
        let found = articles::keys::find(tx, &[IdentityKey::url(&address)])?;
        if found.contains(&self.article) {
            return Ok(false);
        }
        let is_redirected = self.seen.final_url.is_some();
        let between = Move { from: &self.state.url, to: &address, is_redirected };
        Ok(is_redirected && !found.is_empty() || !is_alike() && !is_moved(last, &now, between))
    }

    /// Whether a page that was never read before led elsewhere, and shows nothing of what its feed told.
    pub(super) fn is_led_elsewhere(&self, current: &Content, page: &Page) -> bool {
        let is_led = self.seen.final_url.is_some() || is_front(page.canonical_url.as_deref());
        is_led && !may_be_one(current, &content(page))
    }
}

/// Whether an address is that of the front of a site.
fn is_front(url: Option<&str>) -> bool {
    let url = url.and_then(|url| Url::parse(url).ok());
    url.is_some_and(|url| url.path() == "/" && url.query().is_none())
}
