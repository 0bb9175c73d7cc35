#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| colahub::fuzzing::event_files(data));
