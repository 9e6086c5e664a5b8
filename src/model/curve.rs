//! How busy a feed is in each hour of the day.

/// New entries an hour, for each hour of the day in UTC, and for how long that has been watched.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayCurve {
    /// By the hour.
    pub per_hour: [f32; 24],
    /// Days of watching it rests on.
    pub days: f32,
}

impl DayCurve {
    /// As it is stored.
    pub fn to_bytes(self) -> Vec<u8> {
        self.per_hour.iter().chain([&self.days]).flat_map(|value| value.to_le_bytes()).collect()
    }

    /// As it was stored; `None` for what no curve can be.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (values, rest) = bytes.as_chunks::<4>();
        let mut curve = Self::default();
        if values.len() != curve.per_hour.len() + 1 || !rest.is_empty() {
            return None;
        }
        let values: Vec<f32> = values.iter().map(|value| f32::from_le_bytes(*value)).collect();
        let is_sound = values.iter().all(|value| value.is_finite() && *value >= 0.0);
        let (days, per_hour) = values.split_last().filter(|_| is_sound)?;
        curve.per_hour.copy_from_slice(per_hour);
        curve.days = *days;
        Some(curve)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_curve_survives_its_storing(per_hour: [u16; 24], days in 0.0..100_f32) {
            let curve = DayCurve { per_hour: per_hour.map(f32::from), days };
            prop_assert_eq!(DayCurve::from_bytes(&curve.to_bytes()), Some(curve));
        }

        #[test]
        fn any_bytes_are_a_sound_curve_or_none(bytes in proptest::collection::vec(any::<u8>(), 90..110)) {
            if let Some(curve) = DayCurve::from_bytes(&bytes) {
                prop_assert!(curve.per_hour.iter().all(|pace| *pace >= 0.0 && pace.is_finite()));
            }
        }
    }
}
