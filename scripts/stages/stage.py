"""A check of the test suite, and the process that makes it."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field

SKIPPED = 77
_PATIENCE_SECONDS = 10
_TESTS = re.compile(rb"^test result: .*?(\d+) passed; (\d+) failed;", re.MULTILINE)


@dataclass(frozen=True)
class Stage:
    """A command that says with its exit status how a check went: 77 is that it cannot be made here,
    and then the last line that it prints is the reason."""

    name: str
    command: tuple
    # Uses one core, and runs beside the stages after it.
    beside: bool = False
    # Looks at a clock, so nothing runs beside it.
    alone: bool = False
    # Fails, too, if it ran no test.
    has_tests: bool = False
    # Why it is left out.
    left_out: str = ""
    environment: dict = field(default_factory=dict)


class Job:
    """A stage that waits, runs, or has ended."""

    def __init__(self, stage, log):
        self.stage = stage
        self.log = log
        self.status = SKIPPED if stage.left_out else None
        self.was_stopped = False
        self.seconds = self.processor_seconds = 0
        self.passed = self.failed = 0
        self._process = None
        self._begin = None

    @property
    def has_begun(self):
        return self._process is not None or self.has_ended

    @property
    def has_ended(self):
        return self.status is not None

    @property
    def is_running(self):
        return self.has_begun and not self.has_ended

    @property
    def has_failed(self):
        return self.has_ended and (self.status not in (0, SKIPPED) or self.ran_nothing)

    @property
    def ran_nothing(self):
        return self.stage.has_tests and self.status == 0 and self.passed + self.failed == 0

    def begin(self):
        self._begin = time.monotonic()
        with open(self.log, "wb") as log:
            # A session of its own, so that what it starts can be ended with it.
            self._process = subprocess.Popen(
                self.stage.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | self.stage.environment, start_new_session=True,
            )

    def poll(self, options=os.WNOHANG):
        """Looks whether it has ended."""
        process, status, usage = os.wait4(self._process.pid, options)
        if process:
            self.status = self._process.returncode = os.waitstatus_to_exitcode(status)
            self.seconds = time.monotonic() - self._begin
            self.processor_seconds = usage.ru_utime + usage.ru_stime
            # By the closing lines of cargo's test binaries.
            for passed, failed in _TESTS.findall(self.output()):
                self.passed += int(passed)
                self.failed += int(failed)

    def stop(self):
        """Ends it with all that it has started."""
        self.was_stopped = True
        self._signal(signal.SIGTERM)
        patience = time.monotonic() + _PATIENCE_SECONDS
        while not self.has_ended and time.monotonic() < patience:
            time.sleep(0.05)
            self.poll()
        # The leader may have ended before its children.
        self._signal(signal.SIGKILL)
        if not self.has_ended:
            self.poll(options=0)

    def _signal(self, number):
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass

    def output(self, begin=0):
        """Returns what it has printed so far, from that byte on."""
        with open(self.log, "rb") as log:
            log.seek(begin)
            return log.read()

    def reason(self):
        """Returns why it was skipped."""
        if self.stage.left_out:
            return self.stage.left_out
        lines = self.output().decode(errors="replace").splitlines()
        return lines[-1] if lines else "it does not say why"
