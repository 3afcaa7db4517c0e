"""Runs stages in the order of their list, on two tracks, and shows what they print in that order.

The list is an order in which the stages could run one after the other. A stage that is `beside`
begins after all that stand before it in the list, and does not hold up those that follow, but for
others that are `beside`. A stage that is `alone` has the machine for itself.
"""

import sys
import time

_INTERVAL_SECONDS = 0.1


def run(jobs, in_turn=False, out=sys.stdout.buffer):
    """Runs them until all have ended or one has failed; what that one prints comes last. Whatever
    else ends this stops those that run."""
    screen = _Screen(jobs, out)
    try:
        while not all(job.has_ended for job in jobs) and not failed(jobs):
            for place, job in enumerate(jobs):
                if not job.has_begun and _may_begin(jobs, place, in_turn):
                    job.begin()
            screen.go_on()
            time.sleep(_INTERVAL_SECONDS)
            for job in jobs:
                if job.is_running:
                    job.poll()
    finally:
        for job in jobs:
            if job.is_running:
                job.stop()
    screen.finish(failed(jobs))


def failed(jobs):
    """Returns the first job in the list that has failed by itself, or nothing."""
    return next((job for job in jobs if job.has_failed and not job.was_stopped), None)


def _may_begin(jobs, place, in_turn):
    stage = jobs[place].stage
    waits_for_all = in_turn or stage.alone or stage.beside
    before = jobs[:place]
    return all(job.has_ended for job in before if waits_for_all or not job.stage.beside)


class _Screen:
    """Shows one stage while it goes on, and those after it when it has ended."""

    def __init__(self, jobs, out):
        self._jobs = jobs
        self._out = out
        self._place = 0
        self._shown_bytes = None

    def go_on(self):
        while self._place < len(self._jobs):
            job = self._jobs[self._place]
            # Looked at before the output, or its end could be missed.
            has_ended = job.has_ended
            self._show(job)
            if not has_ended:
                return
            self._next()

    def finish(self, failure):
        """Shows what is left; of a run that failed, the failure alone."""
        if failure is None:
            self.go_on()
            return
        if self._place < len(self._jobs) and self._jobs[self._place] is not failure:
            if self._shown_bytes is not None:
                self._write(b"\n-- stopped\n")
            self._next()
        self._show(failure)

    def _next(self):
        self._place += 1
        self._shown_bytes = None

    def _show(self, job):
        if not job.has_begun or job.stage.left_out:
            return
        if self._shown_bytes is None:
            self._write(f"\n== {job.stage.name}\n".encode())
            self._shown_bytes = 0
        new = job.output(self._shown_bytes)
        self._shown_bytes += len(new)
        self._write(new)

    def _write(self, text):
        self._out.write(text)
        self._out.flush()
