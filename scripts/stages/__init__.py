"""What scripts/test runs, and how: apart from it, since Python has to be there first."""
