"""The checks of scripts/test and their order: in Python, which has to be there first."""
