"""Made-up answers of llvm-mca and times of a run, and what becomes of them."""

import copy
import json
import unittest
from pathlib import Path

from prediction import measurement, page
from prediction.analyser import bottleneck
from prediction.failure import Failure
from prediction.processors import PROCESSORS

SUMMARY = {"TotalCycles": 1000, "uOpsPerCycle": 5.7, "DispatchWidth": 6}
ANALYSIS = {
    "PressureIncreaseCycles": 500,
    "ResourcePressureCycles": 400,
    "DataDependencyCycles": 300,
    "ResourcePressure": [{"Store.0": 200}, {"Port5": 300}, {"Store.1": 150}],
}
ZEN_3 = next(processor for processor in PROCESSORS if processor.name == "Zen 3")
CELL = {
    "engine": "delimark/avx2",
    "backend_executed": "avx2",
    "model": "count",
    "bytes": 6400,
    "samples_ns": [300, 100, 200],
    "gigabytes_per_second_interval": {"low": 16.0, "high": 64.0},
    "counters": {"cycles": {"unavailable": "no counters"}},
}
RESULTS = {
    "environment": {
        "cpu": {
            "model": {"value": "A processor"},
            "measured_clock": {"value": {"hertz": 3e9, "hertz_least": 2e9, "hertz_most": 4e9}},
            "base_clock": {"value": {"hertz": 2e9}},
        },
        "virtualisation": {"value": "KVM"},
    },
    "datasets": [{"name": "nginx12"}],
    "cells": [CELL],
}
ROWS = [{"loop": "count", "backend": "avx2", "processor": "Zen 3", "cycles_per_block": 3.0}]


class Bottleneck(unittest.TestCase):
    def test_units_of_one_sort_count_together(self):
        expected = {"kind": "unit", "unit": "Store", "share": 0.4}
        self.assertEqual(bottleneck(SUMMARY, ANALYSIS), expected)

    def test_results_that_are_waited_for_longer_come_first(self):
        waits = ANALYSIS | {"DataDependencyCycles": 401}
        self.assertEqual(bottleneck(SUMMARY, waits), {"kind": "dependencies", "share": 0.401})

    def test_without_pressure_it_is_the_width_or_nothing(self):
        calm = ANALYSIS | {"PressureIncreaseCycles": 49}
        expected = {"kind": "dispatch", "width": 6, "share": 0.95}
        self.assertEqual(bottleneck(SUMMARY, calm), expected)
        slow = SUMMARY | {"uOpsPerCycle": 5.3}
        self.assertEqual(bottleneck(slow, calm)["kind"], "unnamed")


class Comparison(unittest.TestCase):
    def compared(self, results):
        return measurement.compare(results, ZEN_3, ROWS)["rows"][0]

    def test_times_become_cycles_by_the_clock_that_was_measured(self):
        row = self.compared(RESULTS)
        self.assertEqual(row["measured"]["cycles_per_block"], 6.0)
        self.assertEqual(row["measured"]["interval"], {"low": 3.0, "high": 12.0})
        self.assertEqual(row["measured"]["cycles_from"], "measured clock")
        self.assertEqual(row["predicted_to_measured"], 0.5)

    def test_the_clock_that_is_stated_does_not_stand_in(self):
        results = copy.deepcopy(RESULTS)
        results["environment"]["cpu"]["measured_clock"] = {"unavailable": "too unsteady"}
        expected = {"unavailable": "the clock is not known: too unsteady"}
        self.assertEqual(measurement.compare(results, ZEN_3, ROWS), expected)
        del results["environment"]["cpu"]["measured_clock"]
        self.assertIn("unavailable", measurement.compare(results, ZEN_3, ROWS))

    def test_counted_cycles_need_no_clock(self):
        results = copy.deepcopy(RESULTS)
        results["cells"][0]["counters"]["cycles"] = {"value": 500, "source": "perf-event"}
        results["environment"]["cpu"]["measured_clock"] = {"unavailable": "too unsteady"}
        row = self.compared(results)
        expected = {"cycles_per_block": 5.0, "cycles_from": "perf-event"}
        self.assertEqual(row["measured"], expected)

    def test_another_backend_than_was_asked_for_does_not_count(self):
        results = copy.deepcopy(RESULTS)
        results["cells"][0]["backend_executed"] = "sse42"
        with self.assertRaisesRegex(Failure, "no cell of a backend"):
            self.compared(results)


class Page(unittest.TestCase):
    def test_the_page_says_everywhere_that_it_is_a_model(self):
        root = Path(__file__).resolve().parents[3]
        document = json.loads((root / "reports/predictions/predictions.json").read_text())
        document["comparison"] = measurement.compare(RESULTS, ZEN_3, ROWS)
        rendered = page.render(document)
        # The line before a table's rule has its heads, and two before that what it is about.
        *predicted, loops = rendered.split("\n| ---")[:-1]
        self.assertGreater(len(predicted), 8)
        for table in predicted:
            self.assertIn("*model*", "\n".join(table.splitlines()[-3:]))
        self.assertNotIn("*model*", loops.splitlines()[-1])
        self.assertIn("off by a factor of 2.00", rendered.replace("\n", " "))
