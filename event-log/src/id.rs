//! Version 7 ids (RFC 9562, section 5.7) that strictly increase within one generator.
//!
//! ```text
//! 01923a4b-5c6d-7eee-beee-eeeeeeeeeeee
//! `-----.-----' |`.' |`------.-------'
//!  milliseconds | 12 |   62 random bits
//!           version variant
//! ```
//!
//! Without version and variant these are 122 bits, kept as one number: milliseconds, then 74 random
//! bits. In a new millisecond the random bits are drawn afresh; in the same one, or where the clock
//! went back, the number grows by a random step (method 2 of section 6.2), if need be with a carry
//! into the milliseconds.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use uuid::Uuid;

const RANDOM_BITS: u32 = 74;
/// The last millisecond that is taken from a clock (in the year 10889); the one after it is left for
/// a carry.
const LAST_MILLIS: u64 = (1 << 48) - 2;

thread_local! {
    /// One per thread, so no two threads contend, and outside the renderers, so that an emit within an
    /// emit goes on with the same ids. It needs no drop, hence serves until the thread's very end.
    static IDS: RefCell<IdGenerator> = RefCell::new(IdGenerator::new());
}

/// This thread's next id, for an event at `unix_millis`, in milliseconds since 1970.
// Inlined into `Renderer::render`, it made a line 20 ns dearer: the registers do not suffice for both.
#[inline(never)]
pub(crate) fn next_id(unix_millis: u64) -> Uuid {
    IDS.with_borrow_mut(|ids| ids.next(unix_millis))
}

/// Lets this thread, the only one of a forked child, draw other ids than its parent.
pub(crate) fn reseed_after_fork() {
    IDS.with_borrow_mut(IdGenerator::reseed);
}

/// Draws ids, each greater than the one before.
#[derive(Debug)]
struct IdGenerator {
    random: Xoshiro,
    /// The last id, 122 bits: 48 of milliseconds, 74 of randomness.
    last: u128,
}

impl IdGenerator {
    fn new() -> Self {
        Self::from_random(Xoshiro::from_system())
    }

    /// A generator that draws the same ids every time.
    #[cfg(test)]
    fn seeded(seed: u64) -> Self {
        let word = |n: u64| seed.wrapping_add(n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self::from_random(Xoshiro { state: [word(1), word(2), word(3), word(4) | 1] })
    }

    fn from_random(mut random: Xoshiro) -> Self {
        // Not 0: two generators under a clock that stands at 1970 must not draw the same ids.
        let last = random.next_74_bits();
        Self { random, last }
    }

    /// Draws new random numbers; the ids go on increasing.
    fn reseed(&mut self) {
        self.random = Xoshiro::from_system();
    }

    #[inline]
    fn next(&mut self, unix_millis: u64) -> Uuid {
        let millis = u128::from(unix_millis.min(LAST_MILLIS));
        self.last = if millis > self.last >> RANDOM_BITS {
            millis << RANDOM_BITS | self.random.next_74_bits()
        } else {
            self.last + 1 + u128::from(self.random.next() >> 32)
        };
        with_version_and_variant(self.last)
    }
}

#[inline]
fn with_version_and_variant(bits: u128) -> Uuid {
    let millis = bits >> RANDOM_BITS;
    let high = bits >> 62 & 0xFFF;
    let low = bits & ((1 << 62) - 1);
    Uuid::from_u128(millis << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
}

/// Writes `id` in its usual form, 36 lower-case characters.
#[inline]
pub(crate) fn write_hyphenated(id: Uuid, out: &mut [u8; 36]) {
    let (high, low) = id.as_u64_pair();
    let [a, b, c, d] = [hex(high >> 32), hex(high), hex(low >> 32), hex(low)];
    out[..8].copy_from_slice(&a);
    out[8] = b'-';
    out[9..13].copy_from_slice(&b[..4]);
    out[13] = b'-';
    out[14..18].copy_from_slice(&b[4..]);
    out[18] = b'-';
    out[19..23].copy_from_slice(&c[..4]);
    out[23] = b'-';
    out[24..28].copy_from_slice(&c[4..]);
    out[28..].copy_from_slice(&d);
}

/// The lower 32 bits as eight hexadecimal digits, all computed at once: one byte of a `u64` each.
#[inline]
fn hex(value: u64) -> [u8; 8] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let spread = value & 0xFFFF_FFFF;
    let spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF;
    let spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF;
    let nibbles = (spread | spread << 4) & (0x0F * EACH);
    // 10 and more carry into bit 4 when 6 is added: these are the letters.
    let letters = (nibbles + 6 * EACH) >> 4 & EACH;
    (nibbles + u64::from(b'0') * EACH + letters * u64::from(b'a' - b'9' - 1)).to_be_bytes()
}

/// xoshiro256++ of Blackman and Vigna: ids need to be unique, not secret.
#[derive(Debug)]
struct Xoshiro {
    /// Never all zero.
    state: [u64; 4],
}

impl Xoshiro {
    fn from_system() -> Self {
        Self { state: system_randomness().unwrap_or_else(hasher_randomness) }
    }

    #[inline]
    fn next(&mut self) -> u64 {
        let state = &mut self.state;
        let result = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        result
    }

    fn next_74_bits(&mut self) -> u128 {
        u128::from(self.next()) << 10 | u128::from(self.next() >> 54)
    }
}

fn system_randomness() -> Option<[u64; 4]> {
    use rustix::rand::{GetRandomFlags, getrandom};

    let mut bytes = [0; 32];
    // The kernel gives up to 256 bytes at once or none; only a signal at boot can interrupt it.
    let length = rustix::io::retry_on_intr(|| getrandom(&mut bytes, GetRandomFlags::empty()));
    let (words, _) = bytes.as_chunks::<8>();
    let state = [0, 1, 2, 3].map(|n| u64::from_le_bytes(words[n]));
    (length == Ok(bytes.len()) && state != [0; 4]).then_some(state)
}

/// The randomness that guards the standard library's maps: also the system's, also per thread.
fn hasher_randomness() -> [u64; 4] {
    let process = std::process::id();
    let [a, b, c, d] = [0_u8; 4].map(|_| RandomState::new().hash_one(process));
    [a, b, c, d | 1]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn hyphenated(id: Uuid) -> String {
        let mut out = [0; 36];
        write_hyphenated(id, &mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    proptest! {
        #[test]
        fn ids_increase_whatever_the_clock_does(seed: u64, clock: Vec<u64>, steps: Vec<i8>) {
            let mut ids = IdGenerator::seeded(seed);
            let mut last = Uuid::nil();
            let mut near = 1_700_000_000_000_u64;
            let near = steps.into_iter().map(|step| {
                near = near.wrapping_add_signed(step.into());
                near
            });
            for millis in near.chain(clock).chain([0, u64::MAX, u64::MAX, LAST_MILLIS, 0]) {
                let id = ids.next(millis);
                prop_assert!(id > last, "{} after {}", id, last);
                prop_assert!(hyphenated(id) > hyphenated(last));
                prop_assert_eq!(id.get_version_num(), 7);
                prop_assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
                last = id;
            }
        }

        #[test]
        fn an_id_is_written_as_uuid_writes_it(bits: u128) {
            let id = Uuid::from_u128(bits);
            prop_assert_eq!(hyphenated(id), id.hyphenated().to_string());
        }
    }

    #[test]
    fn an_id_bears_the_milliseconds_of_its_event() {
        let mut ids = IdGenerator::seeded(1);
        for millis in [1, 1_631_771_847_123, LAST_MILLIS] {
            assert_eq!(ids.next(millis).as_u128() >> 80, u128::from(millis));
        }
    }

    #[test]
    fn exhausted_random_bits_carry_into_the_milliseconds() {
        let mut ids = IdGenerator::seeded(1);
        ids.last = (1_000 << RANDOM_BITS) - 1;
        assert_eq!(ids.next(5).as_u128() >> 80, 1_000);
    }

    #[test]
    fn generators_share_no_id_even_while_the_clock_stands_still() {
        let mut seen = HashSet::new();
        for _ in 0..50 {
            let mut ids = IdGenerator::new();
            assert!((0..50).all(|_| seen.insert(ids.next(0))));
        }
    }

    #[test]
    fn a_reseeded_copy_draws_other_ids() {
        let mut parent = IdGenerator::seeded(7);
        let mut child = IdGenerator::seeded(7);
        assert_eq!(parent.next(1), child.next(1));
        let before = child.next(1);
        child.reseed();
        parent.next(1);
        let after = child.next(2);
        assert!(after > before);
        assert_ne!(parent.next(2), after);
    }

    #[test]
    fn the_ids_of_a_thread_increase_and_its_reseeding_keeps_them_so() {
        let before = next_id(10);
        reseed_after_fork();
        assert!(next_id(9) > before);
    }

    #[test]
    fn without_the_system_call_the_seeds_still_differ() {
        assert_ne!(hasher_randomness(), hasher_randomness());
    }
}
