#!/usr/bin/env bash
# Bun 1.4.5 (npm, JavaScriptCore) stays in its interpreter for all of a WebAssembly module where only
# its first compiler is switched off.
#
# JavaScriptCore has an interpreter, a compiler for the first moments (BBQ) and one that optimises
# (OMG), each with a switch. `BUN_JSC_useOMGJIT=0` does what it says: warm code is that of BBQ.
# `BUN_JSC_useBBQJIT=0` leaves the other compiler on, by its name and by `BUN_JSC_dumpOptions=1`, and
# yet nothing is ever compiled: the same loop takes more than ten times as long, as it does with both
# switched off, however often it is called. Every answer is right, and nothing is said.
#
# For who measures: to leave the first compiler out of a measurement, lower its threshold and the
# other one's (`BUN_JSC_thresholdForBBQOptimizeAfterWarmUp=1`,
# `BUN_JSC_thresholdForOMGOptimizeAfterWarmUp=1`) instead of switching it off.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

need npm
[[ $(uname -sm) == 'Linux x86_64' ]] || unavailable 'Linux on x86-64'
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" \
    @oven/bun-linux-x64@1.4.5 >"$folder/npm" 2>&1 ||
    unavailable "the npm package @oven/bun-linux-x64 ($(tail -n 1 "$folder/npm"))"
bun=$folder/node_modules/@oven/bun-linux-x64/bin/bun
echo "bun $("$bun" --version)"

# A loop of two million multiplications and additions; the least CPU time of twenty calls, in
# microseconds, and the answer.
cat >"$folder/loop.mjs" <<'END'
const code = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0,
  0, 10, 33, 1, 31, 1, 2, 127, 3, 64, 32, 2, 65, 31, 108, 32, 1, 106, 33, 2, 32, 1, 65, 1, 106, 34,
  1, 32, 0, 73, 13, 0, 11, 32, 2, 11,
);
const { run } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
let least = Infinity;
let answer;
for (let call = 0; call < 20; call += 1) {
  const begin = process.cpuUsage();
  answer = run(2_000_000);
  least = Math.min(least, process.cpuUsage(begin).user);
}
console.log(least, answer);
END
read -r best answer < <("$bun" "$folder/loop.mjs")

# Says how the loop does with the switches given, next to the best that it does without.
with() {
    local time same
    read -r time same < <(env "$@" "$bun" "$folder/loop.mjs")
    [[ $same == "$answer" ]] || echo "another answer, $same for $answer"
    local tenths=$((10 * time / best))
    if [[ $tenths -lt 50 ]]; then
        echo 'less than 5 times the time'
    elif [[ $tenths -gt 100 ]]; then
        echo 'more than 10 times the time'
    else
        echo '5 to 10 times the time'
    fi
}
expect 'useOMGJIT=0' "$(with BUN_JSC_useOMGJIT=0)" 'less than 5 times the time'
expect 'useBBQJIT=0' "$(with BUN_JSC_useBBQJIT=0)" 'more than 10 times the time'
expect 'both' "$(with BUN_JSC_useBBQJIT=0 BUN_JSC_useOMGJIT=0)" 'more than 10 times the time'
expect 'thresholds of 1' "$(with BUN_JSC_thresholdForBBQOptimizeAfterWarmUp=1 \
    BUN_JSC_thresholdForOMGOptimizeAfterWarmUp=1)" 'less than 5 times the time'
options=$(BUN_JSC_useBBQJIT=0 BUN_JSC_dumpOptions=3 "$bun" "$folder/loop.mjs" 2>&1)
expect 'with useBBQJIT=0 the other switch is' "$(grep -o 'useOMGJIT=[a-z]*' <<<"$options")" \
    useOMGJIT=true
verdict
