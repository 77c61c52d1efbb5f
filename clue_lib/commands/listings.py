"""`metrics`: every metric with its definition."""

import argparse
import textwrap

from clue_lib.errors import MissingExtra
from clue_lib.metrics import METRICS, Metric
from clue_lib.tasks import TASKS


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    listing = commands.add_parser("metrics")
    listing.set_defaults(run=list_metrics)


def list_metrics(given: argparse.Namespace) -> int:
    """Print each metric's signature, its tasks and its definition."""
    for metric in METRICS.values():
        tasks = [task.name for task in TASKS.values() if metric.name in task.metrics]
        family = f", {metric.family}" if metric.family else ""
        print(f"{metric.name} ({metric.better} is better{family})")
        print(f"  signature: {_signature(metric)}")
        print(f"  tasks: {'all' if len(tasks) == len(TASKS) else ', '.join(tasks)}")
        print(textwrap.indent(metric.definition, "  ") + "\n")
    return 0


def _signature(metric: Metric) -> str:
    try:
        return metric.signature
    except MissingExtra as error:
        return f"not available here: {error}"
