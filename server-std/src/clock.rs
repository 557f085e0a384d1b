//! The time of the system, as the protocol has it.

use std::time::SystemTime;

use antiphon_protocol::http::Timestamp;

/// The current time.
pub(crate) fn now() -> Timestamp {
    timestamp(SystemTime::now())
}

/// The second that `time` is in. Every response asks, and a division of 128 bits takes its time.
pub(crate) fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::new(match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => 0_i64.saturating_add_unsigned(after.as_secs()),
        Err(error) => {
            let before = error.duration();
            let begun = u64::from(before.subsec_nanos() > 0);
            0_i64.saturating_sub_unsigned(before.as_secs().saturating_add(begun))
        }
    })
}

/// Since the epoch; less than 0 before it, as the times of some files are.
pub(crate) fn nanoseconds(time: SystemTime) -> i128 {
    let signed = |nanoseconds| i128::try_from(nanoseconds).unwrap_or(i128::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => signed(after.as_nanos()),
        Err(error) => -signed(error.duration().as_nanos()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_epoch_is_in_the_middle() {
        let second = |nanoseconds: u64, before: bool| {
            let distance = Duration::from_nanos(nanoseconds);
            let epoch = SystemTime::UNIX_EPOCH;
            timestamp(if before { epoch - distance } else { epoch + distance }).seconds()
        };
        assert_eq!([second(0, false), second(999_999_999, false)], [0, 0]);
        assert_eq!([second(1, true), second(1_000_000_000, true)], [-1, -1]);
        assert_eq!([second(1_000_000_001, true), second(1_000_000_000, false)], [-2, 1]);
    }
}
