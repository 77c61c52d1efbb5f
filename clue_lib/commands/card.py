"""`card`: what a finished run says of its candidate, for the model's page."""

import argparse
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from clue_lib import files, sealed
from clue_lib.errors import OptionError, ReportError
from clue_lib.publishing import eval_results, every_eval_ever, model_card, viewers
from clue_lib.report import Document, read


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with argparse's subparsers."""
    parser = commands.add_parser("card")
    parser.add_argument("run_folder", metavar="RUN", type=Path, help="a run's report folder")
    parser.add_argument(
        "--out",
        metavar="README.md",
        type=Path,
        help="the card whose section is added or replaced; default: print the section",
    )
    parser.add_argument(
        "--dataset",
        metavar="TASK=OWNER/NAME",
        action="append",
        default=[],
        help=f"also write {eval_results.FILE} beside the card, with this task's results as those of this data set of "
        "the Hugging Face hub; may be repeated",
    )
    parser.add_argument(
        "--every-eval-ever",
        metavar="FILE.json",
        type=Path,
        help="also write the scores in the schema Every Eval Ever; needs --organization",
    )
    parser.add_argument("--organization", metavar="NAME", help="who ran the gate, for --every-eval-ever")
    parser.add_argument(
        "--relationship",
        choices=every_eval_ever.RELATIONSHIPS,
        default="other",
        help="how who ran the gate stands to the candidate, for --every-eval-ever; default: other",
    )
    parser.add_argument(
        "--inspect",
        metavar="FOLDER",
        type=Path,
        help="also write a log of inspect_ai for each task and model into this folder; of data under an agreement "
        "scores alone",
    )
    parser.add_argument(
        "--lm-eval",
        metavar="FOLDER",
        type=Path,
        help="also write results as lm-evaluation-harness does, with samples of open data, into the folders baseline "
        "and candidate of this one",
    )
    parser.set_defaults(run=card)


def card(given: argparse.Namespace) -> int:
    """Print the section, or write it and what else was asked for. Raises ReportError, OptionError or StoreError."""
    document = read(given.run_folder)
    datasets = _datasets(given.dataset)
    try:
        section = model_card.section(document)
    except ReportError as error:
        raise ReportError(f"{given.run_folder}: {error}") from error
    texts: dict[Path, str] = {}  # all are made before one is written
    if given.out is not None:
        texts[given.out] = _card(given.out, section)
    if datasets and given.out is None:
        raise OptionError("--dataset without --out: name the card beside which the results are to lie")
    if datasets:
        texts[given.out.parent / eval_results.FILE] = eval_results.render(document, datasets)
    if given.every_eval_ever is not None:
        texts[given.every_eval_ever] = _record(given, document)
    if given.inspect is not None or given.lm_eval is not None:
        texts |= _logs(given, document)
    for path, text in texts.items():
        sealed.put(path, text.encode(), is_users=True)
        print(path)
    if not texts:
        print(section, end="")
    return 0


def _logs(given: argparse.Namespace, document: Document) -> dict[Path, str]:
    """What the viewers of other harnesses open. Raises ReportError."""
    folder = given.run_folder if given.run_folder.is_dir() else given.run_folder.parent
    return viewers.files(document, folder, inspect=given.inspect, lm_eval=given.lm_eval, at=datetime.now(UTC))


def _record(given: argparse.Namespace, document: Document) -> str:
    """The record of Every Eval Ever. Raises OptionError where nobody is named who ran the gate."""
    if not given.organization:
        raise OptionError("--every-eval-ever without --organization: say who ran the gate, --organization=NAME")
    return every_eval_ever.render(
        document, organization=given.organization, relationship=given.relationship, at=int(time.time())
    )


def _datasets(pairs: Sequence[str]) -> Mapping[str, str]:
    """Each task's data set. Raises OptionError."""
    datasets = {}
    for pair in pairs:
        task, separator, name = pair.partition("=")
        if not separator or not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
            raise OptionError(f"--dataset {pair}: write it as TASK=OWNER/NAME, for example mednli=bigbio/mednli")
        if task in datasets:
            raise OptionError(f"--dataset {pair}: {task} is named twice; a task has one data set")
        datasets[task] = name
    return datasets


def _card(path: Path, section: str) -> str:
    """The card with the section in it; the section alone where there is no card yet. Raises ReportError."""
    try:
        return model_card.with_section(files.read_text(path), section)
    except FileNotFoundError:
        return section
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ReportError(f"--out={path}: {reason}; name a model's README.md") from error
    except ReportError as error:
        raise ReportError(f"--out={path}: {error}") from error
