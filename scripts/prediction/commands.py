"""Other programs: each has a time limit, and one that fails is told with what it said."""

import subprocess

from .failure import Failure

_SECONDS_MOST = 300


def output(*command, **how):
    """Runs a program and returns what it printed; see `run`."""
    return run(*command, **how).stdout


def run(*command, given=None, seconds=_SECONDS_MOST, folder=None):
    """Runs a program to its end, in a folder, with that for its standard input."""
    text = " ".join(map(str, command))
    try:
        done = subprocess.run(
            command, input=given, cwd=folder, timeout=seconds, capture_output=True, text=True
        )
    except OSError as error:
        raise Failure(f"{command[0]} cannot be started: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{text}: not done after {seconds} seconds") from error
    if done.returncode != 0:
        raise Failure(f"{text}: exit code {done.returncode}: {done.stderr.strip()}")
    return done
