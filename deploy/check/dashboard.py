"""Reads dashboards as Grafana's own models do, which refuse or lose what is not in its schema, and
prints their expressions as rules of Prometheus, for promtool. What is lost is an error.
"""

import json
import sys
from pathlib import Path

from grafana_foundation_sdk.cog import encoder, plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

# What the models do not have, though Grafana writes it: the text of a query, for variables.
UNKNOWN_TO_MODELS = {"definition"}

# What stands in for the variables of a dashboard and of Grafana.
VALUES = {"$__rate_interval": "1m", "$instance": ".*"}


def find_losses(before, after, place=""):
    """Yields the places of what is not the same any more."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() - UNKNOWN_TO_MODELS:
            yield from find_losses(before[key], after.get(key), f"{place}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after)):
            yield from find_losses(*pair, f"{place}/{index}")
    elif before != after:
        yield f"{place}: {json.dumps(before)} is read as {after!r}"


def read_expressions(path):
    """Returns the expressions of a dashboard that the models read as it is written."""
    dashboard = json.loads(Path(path).read_text(encoding="utf-8"))
    read = encoder.JSONEncoder().encode(Dashboard.from_json(dashboard))
    losses = list(find_losses(dashboard, json.loads(read)))
    if losses:
        sys.exit("\n".join(f"{path}: {loss}" for loss in losses))
    targets = (target for panel in dashboard["panels"] for target in panel.get("targets", []))
    return [target["expr"] for target in targets]


def make_rule(index, expression):
    """Returns a rule that records the expression."""
    for variable, value in VALUES.items():
        expression = expression.replace(variable, value)
    return {"record": f"panel:{index}", "expr": expression}


def main():
    plugins.register_default_plugins()
    expressions = [text for path in sys.argv[1:] for text in read_expressions(path)]
    if not expressions:
        sys.exit("dashboard.py: it takes dashboards, and these have no expressions")
    rules = [make_rule(index, text) for index, text in enumerate(expressions)]
    print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}, indent=2))


main()
