"""Made-up stages, run as the real ones are."""

import io
import tempfile
import time
import unittest
from pathlib import Path

from stages import schedule, table
from stages.stage import Job, Stage


def stage(name, script, **options):
    return Stage(name, ("bash", "-c", script), **options)


class ScheduleTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_all(self, *stages, **options):
        """Returns what was shown, the table's rows without their times, and the last line."""
        out = io.BytesIO()
        self.jobs = [Job(stage, self.folder / f"{stage.name}.log") for stage in stages]
        schedule.run(self.jobs, out=out, **options)
        _, _, *rows, _, total = table.lines(self.jobs, 0)
        rows = [" ".join(row.split()[2:]) for row in rows]
        return out.getvalue().decode(), rows, total

    def when(self, name):
        """A script that notes its begin and its end and takes a while."""
        note = f"echo ${{EPOCHREALTIME/,/.}} >>'{self.folder}/{name}'"
        return f"{note}; sleep 0.5; {note}"

    def overlap(self, one, other):
        (begin, end), (other_begin, other_end) = (
            map(float, (self.folder / name).read_text().split()) for name in (one, other)
        )
        return begin < other_end and other_begin < end

    def test_all_is_shown_in_the_order_of_the_list(self):
        shown, rows, total = self.run_all(
            stage("one", "sleep 0.4; echo first", beside=True),
            stage("two", "echo second"),
            stage("three", "echo third >&2"),
        )
        self.assertEqual(shown, "\n== one\nfirst\n\n== two\nsecond\n\n== three\nthird\n")
        self.assertEqual(rows, ["0 all", "0 one", "0 two", "0 three"])
        self.assertEqual(total, "0 passed, 0 failed")

    def test_only_what_may_runs_beside_others(self):
        names = ["before", "beside", "next", "late", "last", "alone"]
        self.run_all(
            stage("before", self.when("before")),
            stage("beside", self.when("beside"), beside=True),
            stage("next", self.when("next")),
            stage("late", self.when("late"), beside=True),
            stage("last", self.when("last")),
            stage("alone", self.when("alone"), alone=True),
        )
        pairs = [
            (one, other) for place, one in enumerate(names) for other in names[place + 1:]
            if self.overlap(one, other)
        ]
        self.assertEqual(pairs, [("beside", "next"), ("late", "last")])

    def test_in_turn_nothing_runs_beside_others(self):
        self.run_all(
            stage("one", self.when("one"), beside=True),
            stage("two", self.when("two")),
            in_turn=True,
        )
        self.assertFalse(self.overlap("one", "two"))

    def test_a_failure_ends_all_others_and_comes_last(self):
        outlived = self.folder / "outlived"
        begin = time.monotonic()
        shown, rows, total = self.run_all(
            stage("slow", f"echo begun; (sleep 1; touch '{outlived}') & wait", beside=True),
            stage("wrong", "sleep 0.3; echo because; exit 3"),
            stage("never", "echo never"),
        )
        self.assertLess(time.monotonic() - begin, 1)
        expected = "\n== slow\nbegun\n\n-- stopped\n\n== wrong\nbecause\n"
        self.assertEqual(shown, expected)
        self.assertEqual(rows, ["0 all", "- slow: stopped", "0 wrong: FAILED with status 3"])
        self.assertEqual(total, "0 passed, 1 failed")
        time.sleep(1)
        self.assertFalse(outlived.exists(), "somebody went on")

    def test_a_failure_beside_others_is_seen_at_once(self):
        shown, rows, total = self.run_all(
            stage("wrong", "echo because; exit 1", beside=True),
            stage("slow", "echo begun; sleep 5"),
        )
        self.assertTrue(shown.endswith("\n== wrong\nbecause\n"), shown)
        self.assertEqual(rows, ["0 all", "- slow: stopped", "0 wrong: FAILED with status 1"])

    def test_an_interruption_stops_what_runs_and_is_told(self):
        class Interrupted(io.BytesIO):
            def write(self, text):
                if b"begun" in text:
                    raise KeyboardInterrupt
                return super().write(text)

        jobs = [
            Job(stage, self.folder / stage.name)
            for stage in (stage("slow", "echo begun; sleep 60"), stage("never", "echo never"))
        ]
        with self.assertRaises(KeyboardInterrupt):
            schedule.run(jobs, out=Interrupted())
        *_, row, _, total = table.lines(jobs, 0)
        self.assertEqual(row.split(), ["-", "-", "-", "slow:", "stopped"])
        self.assertEqual(total, "0 passed, 0 failed, and not all was tried")

    def test_tests_are_counted_and_skips_have_reasons(self):
        result = "echo 'test result: ok. {} passed; 0 failed; 0 ignored; 0 measured'"
        _, rows, total = self.run_all(
            stage("tests", f"{result.format(3)}; {result.format(4)}", has_tests=True),
            stage("elsewhere", "echo why; echo nobody is here; exit 77"),
            stage("long", "exit 1", left_out="too long"),
        )
        skips = ["- elsewhere: SKIPPED, nobody is here", "- long: SKIPPED, too long"]
        self.assertEqual(rows, ["7 all", "7 tests", *skips])
        self.assertEqual(total, "7 passed, 0 failed, 2 skipped")
        self.assertIsNone(schedule.failed(self.jobs))

    def test_failed_tests_are_counted(self):
        result = "test result: FAILED. 3 passed; 2 failed; 0 ignored"
        _, rows, total = self.run_all(stage("tests", f"echo '{result}'; exit 101", has_tests=True))
        self.assertEqual(rows, ["3 all", "3 tests: FAILED with status 101"])
        self.assertEqual(total, "3 passed, 2 failed")

    def test_tests_that_are_none_are_a_failure(self):
        _, rows, total = self.run_all(stage("tests", "true", has_tests=True))
        self.assertEqual(rows, ["0 all", "0 tests: FAILED, no test was run"])
        self.assertEqual(total, "0 passed, 1 failed")
        self.assertIsNotNone(schedule.failed(self.jobs))
