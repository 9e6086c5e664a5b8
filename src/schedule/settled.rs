//! When an answer that came several times is believed: gone for good, moved for good.

use std::time::Duration;

use crate::model::feed::Streak;

/// One answer may be a mistake of the publisher, and three within an hour one mistake.
const SIGHTINGS: u32 = 3;

/// A weekend's slip is not mended sooner.
const GONE_SPAN: Duration = Duration::from_secs(48 * 3600);

/// A redirect set by mistake is noticed within a day.
const MOVED_SPAN: Duration = Duration::from_secs(24 * 3600);

/// Whether 410 has been answered for so long that the feed counts as gone.
pub fn is_gone(gone: &Streak) -> bool {
    gone.has_lasted(SIGHTINGS, GONE_SPAN)
}

/// Whether the same permanent redirect has been seen for so long that the feed counts as moved.
pub fn is_moved(seen: &Streak) -> bool {
    seen.has_lasted(SIGHTINGS, MOVED_SPAN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::time::Timestamp;

    fn streak(hours: &[u64]) -> Streak {
        let at = |hours: u64| Timestamp::EPOCH.plus(Duration::from_secs(hours * 3600));
        let seen = hours.iter().fold(None, |before, h| Some(Streak::continued(before, at(*h))));
        seen.unwrap()
    }

    #[test]
    fn gone_takes_three_sightings_over_two_days() {
        assert!(!is_gone(&streak(&[0])));
        assert!(!is_gone(&streak(&[0, 48])));
        assert!(!is_gone(&streak(&[0, 1, 47])));
        assert!(is_gone(&streak(&[0, 1, 48])));
    }

    #[test]
    fn moved_takes_three_sightings_over_a_day() {
        assert!(!is_moved(&streak(&[0, 30])));
        assert!(!is_moved(&streak(&[0, 1, 2, 23])));
        assert!(is_moved(&streak(&[0, 12, 24])));
    }

    proptest! {
        #[test]
        fn what_was_believed_stays_believed(mut hours in proptest::collection::vec(0_u64..200, 2..9)) {
            hours.sort_unstable();
            let before = streak(&hours[..hours.len() - 1]);
            prop_assert!(!is_gone(&before) || is_gone(&streak(&hours)));
            prop_assert!(!is_moved(&before) || is_moved(&streak(&hours)));
        }
    }
}
