#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    leakassay_fuzz::targets::seven_zip(data);
});
