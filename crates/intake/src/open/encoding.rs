//! Bytes to UTF-8: which encoding, and the blocks converted.
//!
//! Enters: raw bytes. Leaves: a decision, and blocks whose cells are valid UTF-8. Undecodable bytes become U+FFFD and
//! are counted, never dropped.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::block::{Cell, RowBlock};

/// How the cells of a member become UTF-8. Delimiters are found before that, on the raw bytes: all encodings here keep
/// ASCII as it is and use no ASCII byte in longer sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8, or ASCII.
    Utf8,
    /// One byte a character.
    SingleByte(&'static Encoding),
    /// UTF-8 for the most part, and rows of another origin: a cell that is no UTF-8 is in this encoding.
    Mixed(&'static Encoding),
}

impl Charset {
    /// Returns the name that the report shows.
    pub(super) fn name(self) -> String {
        match self {
            Charset::Utf8 => "utf-8".to_owned(),
            Charset::SingleByte(encoding) => encoding.name().to_ascii_lowercase(),
            Charset::Mixed(encoding) => format!("utf-8+{}", encoding.name().to_ascii_lowercase()),
        }
    }

    /// Tells whether the bytes are UTF-8 as they are.
    pub(super) fn leaves_as_is(self, raw: &[u8]) -> bool {
        match self {
            Charset::Utf8 | Charset::Mixed(_) => std::str::from_utf8(raw).is_ok(),
            Charset::SingleByte(_) => raw.is_ascii(),
        }
    }

    /// Appends `raw` to `out` as UTF-8 and returns how many replacement characters that took.
    pub(super) fn append(self, raw: &[u8], out: &mut Vec<u8>) -> u64 {
        match self {
            Charset::Utf8 => append_utf8(raw, out),
            Charset::SingleByte(encoding) => append_single_byte(encoding, raw, out),
            Charset::Mixed(_) if std::str::from_utf8(raw).is_ok() => append_utf8(raw, out),
            Charset::Mixed(encoding) => append_single_byte(encoding, raw, out),
        }
    }

    /// Puts `raw`, into which the block's cells point, into the block, its cells as UTF-8. Returns the replacements made.
    pub(super) fn settle(self, mut raw: Vec<u8>, block: &mut RowBlock) -> u64 {
        if self.leaves_as_is(&raw) {
            block.bytes = raw;
            return 0;
        }
        // Few cells hold more than ASCII: the others stay where they are, and these are written anew behind all.
        let beyond_ascii: Vec<bool> = raw.chunks(STRETCH).map(|stretch| !stretch.is_ascii()).collect();
        let mut written = Vec::new();
        let mut replaced = 0;
        for cell in block.cells.iter_mut().filter(|cell| cell.length != Cell::NULL_LENGTH && cell.length > 0) {
            let (start, end) = (cell.start as usize, (cell.start + cell.length) as usize);
            let maybe = beyond_ascii[start / STRETCH..=(end - 1) / STRETCH].contains(&true);
            if !maybe || self.leaves_as_is(&raw[start..end]) {
                continue;
            }
            let before = written.len();
            replaced += self.append(&raw[start..end], &mut written);
            *cell = Cell { start: (raw.len() + before) as u32, length: (written.len() - before) as u32 };
        }
        raw.append(&mut written);
        block.bytes = raw;
        replaced
    }
}

/// Bytes that are looked at together for whether they are ASCII.
const STRETCH: usize = 64;

/// Returns the place of the first byte beyond ASCII from `from` on.
fn beyond_ascii(raw: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    for stretch in raw.get(from..)?.chunks(STRETCH) {
        if !stretch.is_ascii() {
            return stretch.iter().position(|byte| !byte.is_ascii()).map(|place| at + place);
        }
        at += stretch.len();
    }
    None
}

fn append_utf8(raw: &[u8], out: &mut Vec<u8>) -> u64 {
    let mut replaced = 0;
    for piece in raw.utf8_chunks() {
        out.extend_from_slice(piece.valid().as_bytes());
        if !piece.invalid().is_empty() {
            out.extend_from_slice("\u{FFFD}".as_bytes());
            replaced += 1;
        }
    }
    replaced
}

fn append_single_byte(encoding: &'static Encoding, raw: &[u8], out: &mut Vec<u8>) -> u64 {
    if raw.is_ascii() {
        out.extend_from_slice(raw);
        return 0;
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut replaced = 0;
    let mut read = 0;
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(raw.len()).unwrap_or(raw.len() * 4));
    loop {
        let (result, taken) = decoder.decode_to_string_without_replacement(&raw[read..], &mut text, true);
        read += taken;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => text.reserve(raw.len() * 4),
            DecoderResult::Malformed(..) => {
                text.push('\u{FFFD}');
                replaced += 1;
            }
        }
    }
    out.extend_from_slice(text.as_bytes());
    replaced
}

/// What the bytes of a member say about their encoding.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Runs of bytes beyond ASCII that are UTF-8.
    whole: u64,
    /// Runs of such bytes that are not.
    broken: u64,
    /// Non-ASCII stretches of lines, for the detector of other encodings.
    sample: Vec<u8>,
    /// Stretches around runs that are no UTF-8.
    odd: Vec<u8>,
}

/// Bytes kept for the detector of other encodings.
const DETECTOR_BYTES: usize = 64 << 10;
/// Bytes around a non-ASCII place that the detector sees.
const DETECTOR_CONTEXT: usize = 32;
/// Runs that are no UTF-8 from which on they are text of another encoding, not damage.
const MIXED_RUNS: u64 = 8;
/// Non-ASCII bytes from which on a rare Latin-script encoding is believed over Windows-1252.
const RARE_LATIN_BYTES: usize = 2_000;

impl Evidence {
    /// Takes in a stretch of the member. Stretches may cut a sequence in two: that costs one wrong count a stretch.
    pub(super) fn look(&mut self, raw: &[u8]) {
        if raw.is_ascii() {
            return;
        }
        let mut at = 0;
        while let Some(start) = beyond_ascii(raw, at) {
            let end = raw[start..].iter().position(u8::is_ascii).map_or(raw.len(), |length| start + length);
            if std::str::from_utf8(&raw[start..end]).is_ok() {
                self.whole += 1;
            } else {
                self.broken += 1;
                if self.odd.len() < DETECTOR_BYTES {
                    let near = |byte: &&u8| byte.is_ascii();
                    let before = raw[at..start].iter().rev().take(DETECTOR_CONTEXT).take_while(near).count();
                    let after = raw[end..].iter().take(DETECTOR_CONTEXT).take_while(near).count();
                    self.odd.extend_from_slice(&raw[start - before..end + after]);
                }
            }
            at = end;
        }
        let mut at = 0;
        while self.sample.len() < DETECTOR_BYTES {
            let Some(next) = beyond_ascii(raw, at) else { break };
            let from = next.saturating_sub(DETECTOR_CONTEXT).max(at);
            let to = (next + DETECTOR_CONTEXT).min(raw.len());
            self.sample.extend_from_slice(&raw[from..to]);
            at = to;
        }
    }

    /// Decides: UTF-8 where most of the runs beyond ASCII are well-formed, else the detector's guess.
    pub(super) fn encoding(&self) -> &'static Encoding {
        if self.broken == 0 || self.whole > self.broken {
            return UTF_8;
        }
        guess(&self.sample)
    }

    /// Decides among the encodings that keep ASCII apart; for a member whose layers are already fixed.
    pub(super) fn charset(&self) -> Charset {
        match self.encoding() {
            encoding if encoding == UTF_8 && self.broken >= MIXED_RUNS => match guess(&self.odd) {
                other if other.is_single_byte() => Charset::Mixed(other),
                _ => Charset::Utf8,
            },
            encoding if encoding == UTF_8 => Charset::Utf8,
            encoding if encoding.is_single_byte() => Charset::SingleByte(encoding),
            _ => Charset::SingleByte(WINDOWS_1252),
        }
    }
}

/// The detector's guess, where it is none of UTF-8.
fn guess(sample: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let high = sample.iter().filter(|byte| !byte.is_ascii()).count();
    let latin = matches!(
        guess.name(),
        "windows-1250" | "windows-1254" | "windows-1257" | "windows-1258" | "ISO-8859-2" | "ISO-8859-4"
    );
    if latin && high < RARE_LATIN_BYTES { WINDOWS_1252 } else { guess }
}

/// Tells whether a member must be converted as a whole before it is split, and its byte order mark's length.
/// Such a conversion is a layer of its own in the address (`utf-16le`), so that offsets stay exact.
pub(super) fn whole_encoding(head: &[u8]) -> Option<(&'static Encoding, usize)> {
    if head.starts_with(&[0xFF, 0xFE]) && !head.starts_with(&[0xFF, 0xFE, 0, 0]) {
        return Some((UTF_16LE, 2));
    }
    if head.starts_with(&[0xFE, 0xFF]) {
        return Some((UTF_16BE, 2));
    }
    let probe = &head[..head.len().min(4096) & !1];
    if probe.len() >= 16 {
        let zeros = |parity: usize| probe.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd, half) = (zeros(0), zeros(1), probe.len() / 2);
        if odd * 10 > half * 6 && even * 20 < half {
            return Some((UTF_16LE, 0));
        }
        if even * 10 > half * 6 && odd * 20 < half {
            return Some((UTF_16BE, 0));
        }
    }
    let mut evidence = Evidence::default();
    evidence.look(head);
    let encoding = evidence.encoding();
    (encoding != UTF_8 && !encoding.is_single_byte()).then_some((encoding, 0))
}

/// A reader that converts a whole member to UTF-8.
pub(super) struct Recoder<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    out: Vec<u8>,
    out_at: usize,
    ended: bool,
}

impl<R: std::io::Read> Recoder<R> {
    /// Wraps a reader that stands behind the byte order mark.
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Recoder { inner, decoder, raw: Vec::new(), raw_at: 0, out: Vec::new(), out_at: 0, ended: false }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        const STEP: usize = 64 << 10;
        if self.raw_at == self.raw.len() {
            self.raw.resize(STEP, 0);
            let got = self.inner.read(&mut self.raw)?;
            self.raw.truncate(got);
            self.raw_at = 0;
            self.ended = got == 0;
        }
        self.out.resize(STEP * 3 + 16, 0);
        let (_, taken, given, _) = self.decoder.decode_to_utf8(&self.raw[self.raw_at..], &mut self.out, self.ended);
        self.raw_at += taken;
        self.out.truncate(given);
        self.out_at = 0;
        Ok(())
    }
}

impl<R: std::io::Read> std::io::Read for Recoder<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.out_at == self.out.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = into.len().min(self.out.len() - self.out_at);
        into[..count].copy_from_slice(&self.out[self.out_at..][..count]);
        self.out_at += count;
        Ok(count)
    }
}
