#!/usr/bin/env bash
# simd-csv 0.14.0 (crates.io) takes bytes out of fields that have more quotes than those around
# them.
#
# Its readers agree with the csv crate's where a field is quoted as a whole, and quotes in it are
# doubled. A quote elsewhere in a field is one that opens or closes for them, too. Of such a field
# the reader that copies (`read_byte_record`) leaves out the first byte and a quote, and there is no
# error: `"say \"hello\" twice"`, an ordinary value of Apache's `combined`, is `ay \hello\" twice`.
# The reader that does not copy has all bytes. For both, a line with an odd number of quotes takes
# in lines that follow, also where the quote is amid an unquoted field; for the csv crate it is a
# byte like others there.
#
# For readers: logs with quotes escaped by a backslash go to neither; where one measures against it,
# the answers have to be compared, value by value and not as counts.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

need cargo
mkdir -p "$folder/reader/src"
cat >"$folder/reader/Cargo.toml" <<'END'
[package]
name = "reader"
version = "0.0.0"
edition = "2021"

[dependencies]
csv = "=1.4.0"
csv-core = "=0.1.13"
simd-csv = { version = "=0.14.0", default-features = false }

[workspace]
END
# Prints the number of records of a file for a reader, and the last field of the second one up
# to the end of its line.
cat >"$folder/reader/src/main.rs" <<'END'
use std::{env, fs};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let log = fs::read(&arguments[2]).unwrap();
    let mut records: Vec<Vec<u8>> = Vec::new();
    match arguments[1].as_str() {
        "csv" => {
            let mut reader = csv::ReaderBuilder::new();
            reader.delimiter(b' ').has_headers(false).flexible(true);
            for record in reader.from_reader(&log[..]).byte_records() {
                records.push(record.unwrap().iter().last().unwrap().to_vec());
            }
        }
        "copying" => {
            let mut reader = simd_csv::ReaderBuilder::new();
            reader.delimiter(b' ').has_headers(false).flexible(true);
            let mut reader = reader.from_reader(&log[..]);
            let mut record = simd_csv::ByteRecord::new();
            while reader.read_byte_record(&mut record).unwrap() {
                records.push(record.iter().last().unwrap().to_vec());
            }
        }
        _ => {
            let mut reader = simd_csv::ZeroCopyReaderBuilder::new();
            reader.delimiter(b' ').has_headers(false).flexible(true);
            let mut reader = reader.from_reader(&log[..]);
            while let Some(record) = reader.read_byte_record().unwrap() {
                records.push(record.iter().last().unwrap().to_vec());
            }
        }
    }
    let line = records[1].split(|&byte| byte == b'\n').next().unwrap();
    println!("{} {}", records.len(), String::from_utf8_lossy(line));
}
END
CARGO_TARGET_DIR=$folder/target cargo build --quiet --manifest-path "$folder/reader/Cargo.toml" \
    --jobs 1 2>"$folder/cargo" ||
    unavailable "the crates csv and simd-csv ($(grep -m 1 ^error "$folder/cargo"))"
grep -A 1 'name = "simd-csv"' "$folder/reader/Cargo.lock" | paste -s -d ' '

# Writes a log of eight lines, and sees what the readers make of the second one's last field.
reads() {
    local what=$1 user=$2 agent=$3 reader
    for i in {1..8}; do
        printf '10.0.0.%d - %s [30/Nov/2026:13:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" %s\n' \
            "$i" "$([[ $i == 2 ]] && echo "$user" || echo -)" \
            "$([[ $i == 2 ]] && echo "$agent" || echo '"curl/7.88.1"')"
    done >"$folder/access.log"
    for reader in csv copying zero-copy; do
        expect "$what, records and value for $reader" \
            "$("$folder/target/debug/reader" "$reader" "$folder/access.log")" "$4"
        shift
    done
}
reads 'ordinary' - '"Mozilla/5.0 (X11)"' \
    '8 Mozilla/5.0 (X11)' '8 Mozilla/5.0 (X11)' '8 "Mozilla/5.0 (X11)"'
reads 'escaped quotes' - '"say \"hello\" twice"' \
    '8 twice"' '8 ay \hello\" twice' '8 "say \"hello\" twice"'
reads 'quotes amid an unquoted value' - 'a"b"c' '8 a"b"c' '8 "bc' '8 a"b"c'
reads 'doubled quotes, as CSV escapes them' - '"say ""hello"" twice"' \
    '8 say "hello" twice' '8 say "hello" twice' '8 "say ""hello"" twice"'
reads 'a quote in the name of the user' 'a"b' '"curl/7.88.1"' \
    '8 curl/7.88.1' '2 P/1.1" 200 5 -" curl/7.88.1"' '2 HTTP/1.1" 200 5 "-" "curl/7.88.1"'
verdict
