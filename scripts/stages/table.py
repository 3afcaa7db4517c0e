"""The end of scripts/test: what each stage took and came to."""

from .schedule import failed
from .stage import SKIPPED


def lines(jobs, seconds):
    """The table, and the line that counts all tests."""
    yield ""
    yield "seconds  processor  passed  check"
    processor_seconds = sum(job.processor_seconds for job in jobs)
    passed = sum(job.passed for job in jobs)
    yield _row(f"{seconds:.0f}", f"{processor_seconds:.0f}", passed, "all")
    failure = failed(jobs)
    yield from (_of_job(job) for job in jobs if job.has_begun and job is not failure)
    if failure:
        yield _of_job(failure)
    skipped = sum(job.status == SKIPPED for job in jobs)
    # A check without tests counts as one where it fails.
    of_tests = sum(job.failed for job in jobs) or (1 if failure else 0)
    yield ""
    more = f", {skipped} skipped" if skipped else ""
    if failure is None and not all(job.has_ended and not job.was_stopped for job in jobs):
        more += ", and not all was tried"
    yield f"{passed} passed, {of_tests} failed{more}"


def _of_job(job):
    name = job.stage.name
    if job.was_stopped:
        return _row("-", "-", "-", f"{name}: stopped")
    if job.status == SKIPPED:
        return _row("-", "-", "-", f"{name}: SKIPPED, {job.reason()}")
    if job.ran_nothing:
        name += ": FAILED, no test was run"
    elif job.has_failed:
        name += f": FAILED with status {job.status}"
    return _row(f"{job.seconds:.0f}", f"{job.processor_seconds:.0f}", job.passed, name)


def _row(seconds, processor_seconds, passed, name):
    return f"{seconds:>7}  {processor_seconds:>9}  {passed:>6}  {name}"
