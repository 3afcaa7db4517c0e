"""The page that shows predictions.json to people; everything on it comes from there."""

import textwrap

_LOOPS = {
    "index": "finds every separator and writes its position",
    "count": "finds every separator and writes none",
}
_ARCHITECTURES = {"x86_64": "x86-64", "aarch64": "64-bit Arm"}

_HEAD = """\
**Everything on this page is a *model*, but what a column calls measured.** For each backend and \
processor, {tool} says how many cycles the hot loop takes for a block of 64 bytes, from the \
instructions that {rustc} made of {commit}. [What the numbers mean](#what-the-numbers-mean) says \
how rough they are. `scripts/predict` makes this page and [predictions.json](predictions.json), \
which has all of it for programs.

A cell has the cycles of a block, fewer is better, and behind them the bytes a cycle: times the \
clock in GHz that the processor holds, they are gigabytes a second.
"""

_WAYS = """\
`positions a block` is for how many separators a round writes positions without asking whether \
they exist. A block that has more takes another way, which is not in the prediction. Lines of \
200 bytes with 12 fields have 4 a block.
"""

_MEANING = """\
The tool executes the round a thousand times on its model of the processor and tells the cycles. \
It assumes much that makes a loop fast, and leaves out some of what does:

- Every load hits the first-level cache. Data from memory are slower, and the prefetch is an \
instruction like others.
- Every branch is foreseen. Blocks with many separators, and the mispredictions that they cost, \
are not in it; they cost the backends most that write bit by bit.
- Instructions arrive as fast as they can be begun: no decoder is in the way.
- A comparison and the jump behind it are two micro-operations, though processors fuse them. Where \
the table says that so many begin a cycle, the real loop can be faster.
- A load never waits for a store, not even for one to the same place. The AVX2 loop passes masks \
through memory, and registers that it lacks.
- It is the round alone: not what is done once a group of 64 blocks, not the check of rows, not \
the consumer. `delimark-bench run` measures `index` with all of these. Around the loop of `count` \
there is hardly anything, so that is what tells how good the model is.
- The tables are LLVM's. Some come from measurements, some from an earlier processor or from a \
manual; for a processor with an asterisk they are another's, and its column says little.
- Clocks are left out. Processors with wide vectors may lower theirs.

So trust that one is twice as fast as another, not that it is a tenth faster, and a measurement \
more than either.
"""


def render(document):
    """Returns the page as Markdown."""
    commit = f"commit {document['commit']}"
    commit += " with changes" if document["dirty"] else ""
    head = _HEAD.format(tool=document["tool"], rustc=document["rustc"], commit=commit)
    parts = ["# Predicted speed on other processors\n", _wrapped(head)]
    for loop, does in _LOOPS.items():
        parts.append(f"## `{loop}`: {does} (*model*)\n")
        for architecture, title in _ARCHITECTURES.items():
            parts += _tables(document, loop, architecture, title)
    parts += ["## Cells without a number, and columns with an asterisk\n", _absent(document)]
    parts += ["## Beside a measurement\n", _comparison(document["comparison"])]
    parts += ["## The loops\n", _loops(document["loops"]), _wrapped(_WAYS)]
    parts += ["## What the numbers mean\n", _wrapped(_MEANING)]
    return "\n".join(parts)


def _wrapped(text):
    """Breaks the lines of paragraphs and of lists."""
    lines = [
        textwrap.fill(
            line,
            100,
            subsequent_indent="  " if line.startswith("- ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"


def _tables(document, loop, architecture, title):
    """Two tables, of speeds and of what holds the loops up."""
    processors = [it for it in document["processors"] if it["architecture"] == architecture]
    names = [processor["name"] for processor in processors]
    cells = {
        (row["backend"], row["processor"]): row
        for row in document["rows"]
        if row["loop"] == loop and row["processor"] in names
    }
    backends = dict.fromkeys(
        backend for (backend, _), row in cells.items() if "cycles_per_block" in row
    )

    def table(show):
        heads = [it["name"] + ("*" if it["modelled_as"] else "") for it in processors]
        return _table(
            ["backend", *heads],
            [[backend, *(show(cells[backend, name]) for name in names)] for backend in backends],
        )

    return [
        f"{title}, *model*: cycles a block (bytes a cycle)\n",
        table(_speed),
        f"{title}, *model*: what holds the loop up, and in what share of its cycles\n",
        table(_bottleneck),
    ]


def _table(heads, rows):
    """The first column is text, the others are numbers or short words."""
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _speed(row):
    if "unavailable" in row:
        return "n/a"
    return f"{row['cycles_per_block']:.1f} ({row['bytes_per_cycle']:.1f})"


def _bottleneck(row):
    if "unavailable" in row:
        return "n/a"
    found = row["bottleneck"]
    what = {
        "unit": found.get("unit"),
        "dependencies": "waits for results",
        "dispatch": f"{found.get('width')} begin a cycle",
        "unnamed": "not named",
    }[found["kind"]]
    return what if found["kind"] == "unnamed" else f"{what}, {100 * found['share']:.0f} %"


def _absent(document):
    """Says whose tables stand in, and why cells have no number, a line for each reason."""
    lines = [
        f"- * {document['tool']} has no tables for {it['name']} and takes those of"
        f" {it['modelled_as']}."
        for it in document["processors"]
        if it["modelled_as"]
    ]
    without = {}
    for row in document["rows"]:
        if "unavailable" in row:
            of_reason = without.setdefault(row["unavailable"], {})
            of_reason.setdefault(row["backend"], {})[row["processor"]] = None
    for reason, of_reason in without.items():
        # Backends that lack the same processors share a line.
        backends = {}
        for backend, processors in of_reason.items():
            backends.setdefault(tuple(processors), []).append(backend)
        for processors, names in backends.items():
            everywhere = len(processors) == len(document["processors"])
            where = "" if everywhere else f" on {', '.join(processors)}"
            lines.append(f"- {', '.join(names)}{where}: {reason}.")
    return _wrapped("\n".join(lines).replace("- *", "- \\*"))


def _comparison(comparison):
    if "unavailable" in comparison:
        return f"There is none: {comparison['unavailable']}.\n"
    model, machine = (_known(comparison[key]) for key in ("cpu_model", "virtualisation"))
    head = (
        f"The same loops on {comparison['processor']}, as `delimark-bench run` measured them on one"
        f" machine ({model}; virtualisation: {machine}; clock: {_clock(comparison)}), with"
        f" {comparison['bytes']} bytes of `{comparison['dataset']}` that stay in the second-level"
        " cache and that the branch predictor has learnt as far as it can:"
    )
    heads = ("loop", "backend", "*model*, cycles a block", "measured", "95 %", "cycles from")
    errors = "\n\n".join(_error(comparison["rows"], loop) for loop in _LOOPS)
    rows = [_compared(row) for row in comparison["rows"]]
    return "\n".join(
        [
            _wrapped(head),
            _table([*heads, "*model* / measured"], rows),
            _wrapped(errors),
        ]
    )


def _known(value):
    return value.get("value", "unknown")


def _clock(comparison):
    clock = comparison["measured_clock"].get("value")
    if not clock:
        return "unknown"
    gigahertz = (f"{clock[key] * 1e-9:.2f}" for key in ("hertz", "hertz_least", "hertz_most"))
    return "measured, {} GHz, {} to {}".format(*gigahertz)


def _compared(row):
    measured = row["measured"]
    interval = measured.get("interval")
    return [
        f"`{row['loop']}`",
        row["backend"],
        f"{row['predicted_cycles_per_block']:.1f}",
        f"{measured['cycles_per_block']:.1f}",
        f"{interval['low']:.1f} to {interval['high']:.1f}" if interval else "one pass",
        measured["cycles_from"],
        f"{row['predicted_to_measured']:.2f}",
    ]


def _error(rows, loop):
    """States the error of one loop's predictions."""
    ratios = [row["predicted_to_measured"] for row in rows if row["loop"] == loop]
    if not ratios:
        return f"`{loop}` was not measured."
    worst = max(max(ratio, 1 / ratio) for ratio in ratios)
    return (
        f"For `{loop}`, predictions are {min(ratios):.2f} to {max(ratios):.2f} of what was"
        f" measured; the worst is off by a factor of {worst:.2f}."
    )


def _loops(loops):
    head = "One round of each, on the way that most blocks take:\n"
    heads = ("loop", "backend", "target", "instructions", "blocks a round", "positions a block")
    rows = [
        [
            f"`{loop['loop']}`",
            loop["backend"],
            loop["target"],
            f"{loop['instructions']}",
            f"{loop['blocks']}",
            f"{loop['positions_per_block']:g}",
        ]
        for loop in loops
    ]
    return "\n".join([head, _table(heads, rows)])
