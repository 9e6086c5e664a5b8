//! The order in which a feed lists its articles, over time, in few bytes.
//!
//! Pure: two consecutive orders go in, what changed comes out, and the other way round. A newest-first
//! feed with one new entry costs five bytes, whatever its length.

use std::collections::HashMap;

/// Entries whose place is kept; what a longer feed lists beyond them is a library and no front page.
pub const ENTRIES_MAX: usize = 500;

/// Rows of articles, in the order of the feed.
pub type Order = Vec<i64>;

/// Entries that stay on top of two orders, whatever else changed.
pub fn n_pinned(before: &[i64], now: &[i64]) -> usize {
    before.iter().zip(now).take_while(|(before, now)| before == now).count()
}

/// `order` by itself.
pub fn whole(order: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(order.len() * 2);
    let mut last = 0;
    for article in order {
        put_step(&mut bytes, &mut last, *article);
    }
    bytes
}

/// The inverse of [`whole`]; `None` for what is no order.
pub fn read_whole(bytes: &[u8]) -> Option<Order> {
    let mut rest = bytes;
    let (mut order, mut last) = (Order::new(), 0);
    while !rest.is_empty() {
        order.push(take_step(&mut rest, &mut last)?);
        if order.len() > ENTRIES_MAX {
            return None;
        }
    }
    Some(order)
}

/// What `now` has changed of `before`: runs that stay together, and what stands between them.
pub fn change(before: &[i64], now: &[i64]) -> Vec<u8> {
    let places: HashMap<i64, usize> =
        before.iter().enumerate().map(|(at, article)| (*article, at)).collect();
    let (mut bytes, mut last) = (Vec::new(), before.first().copied().unwrap_or_default());
    let mut rest = now;
    while let Some(article) = rest.first() {
        if let Some(start) = places.get(article) {
            let n = rest.iter().zip(&before[*start..]).take_while(|(a, b)| a == b).count();
            put(&mut bytes, (n as u64) << 1 | 1);
            put(&mut bytes, *start as u64);
            rest = &rest[n..];
        } else {
            let n = rest.iter().take_while(|article| !places.contains_key(article)).count();
            put(&mut bytes, (n as u64) << 1);
            for article in &rest[..n] {
                put_step(&mut bytes, &mut last, *article);
            }
            rest = &rest[n..];
        }
    }
    bytes
}

/// The order that [`change`] made of `before`; `None` for what is no change of it.
pub fn apply(before: &[i64], bytes: &[u8]) -> Option<Order> {
    let mut rest = bytes;
    let (mut order, mut last) = (Order::new(), before.first().copied().unwrap_or_default());
    while !rest.is_empty() {
        let head = take(&mut rest)?;
        let n = usize::try_from(head >> 1).ok().filter(|n| order.len() + n <= ENTRIES_MAX)?;
        if head & 1 == 1 {
            let start = usize::try_from(take(&mut rest)?).ok()?;
            order.extend_from_slice(before.get(start..)?.get(..n)?);
        } else {
            for _ in 0..n {
                order.push(take_step(&mut rest, &mut last)?);
            }
        }
    }
    Some(order)
}

/// New articles have rows near each other, so steps from one to the next are small.
fn put_step(bytes: &mut Vec<u8>, last: &mut i64, article: i64) {
    let step = article.wrapping_sub(*last);
    put(bytes, (step << 1 ^ step >> 63).cast_unsigned());
    *last = article;
}

fn take_step(rest: &mut &[u8], last: &mut i64) -> Option<i64> {
    let zigzag = take(rest)?;
    let step = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
    *last = last.wrapping_add(step);
    Some(*last)
}

/// Seven bits a byte, the lowest first.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_new_entry_on_top_costs_five_bytes() {
        let before: Vec<i64> = (1_000_000..1_000_050).rev().collect();
        let mut now = before.clone();
        now.insert(0, 1_000_053);
        now.pop();
        let bytes = change(&before, &now);
        assert!(bytes.len() <= 5, "{bytes:?}");
        assert_eq!(apply(&before, &bytes), Some(now));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            before in proptest::collection::vec(any::<i64>(), 0..60),
            new in proptest::collection::vec(any::<i64>(), 0..9),
            at in any::<proptest::sample::Index>(),
            turned in any::<usize>(),
        ) {
            let mut now = before.clone();
            if !now.is_empty() {
                now.rotate_left(turned % before.len());
                now.truncate(at.index(now.len()) + 1);
            }
            now.splice(0..0, new);
            prop_assert_eq!(read_whole(&whole(&now)), Some(now.clone()));
            prop_assert_eq!(apply(&before, &change(&before, &now)), Some(now));
        }

        #[test]
        fn what_is_no_order_is_refused_and_stops_nothing(
            before in proptest::collection::vec(any::<i64>(), 0..9),
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            for order in [read_whole(&bytes), apply(&before, &bytes)].into_iter().flatten() {
                prop_assert!(order.len() <= ENTRIES_MAX);
            }
        }
    }
}
