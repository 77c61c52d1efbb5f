"""`attest` and `verify`: signs what a run found, and checks such a statement against all that can be reached."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
from tabulate import tabulate

from clue_lib import engines, files, models, sealed
from clue_lib.errors import OptionError, ReportError
from clue_lib.exits import ExitCode
from clue_lib.judging import ruling
from clue_lib.report import GATE_FILE, envelope, read, recomputing, statement, verifying
from clue_lib.report.document import Document
from clue_lib.report.verifying import Check, Reach
from clue_lib.text import printable
from clue_lib.types import Identity

STATEMENT_FILE = "gate.intoto.json"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    _add_attest(commands)
    _add_verify(commands)


def _add_attest(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    attesting = commands.add_parser("attest")
    _add_file(attesting)
    attesting.add_argument("--key", metavar="FILE", type=Path, help="your private key: Ed25519, in PEM")
    attesting.add_argument("--new-key", metavar="FILE", type=Path, help="make such a key, and FILE.pub, and end")
    attesting.add_argument("--out", metavar="FILE", type=Path, help=f"default: {STATEMENT_FILE} beside {GATE_FILE}")
    attesting.add_argument("--store", metavar="DIR", type=Path, help="whose answers are named by digest")
    attesting.set_defaults(run=attest)


def _add_verify(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verifying_ = commands.add_parser("verify")
    verifying_.add_argument("file", metavar="FILE", type=Path, help=f"what `attest` wrote; or a {GATE_FILE}, unsigned")
    verifying_.add_argument("--key", metavar="FILE", type=Path, help="the signer's public key, in PEM")
    verifying_.add_argument("--report", metavar="DIR", type=Path, help="the run's report folder; default: FILE's own")
    verifying_.add_argument("--store", metavar="DIR", type=Path, help="the store that answers are looked for in")
    verifying_.add_argument("--thresholds", metavar="FILE", type=Path)
    verifying_.add_argument("--data-root", metavar="DIR", type=Path)
    verifying_.add_argument("--model", metavar="NAME", help="the candidate, whose files are read and digested")
    verifying_.add_argument("--baseline", metavar="NAME", help="the baseline, likewise")
    verifying_.set_defaults(run=verify)


def _add_file(parser: argparse.ArgumentParser) -> None:
    default = Path("gate-report") / GATE_FILE
    parser.add_argument("file", metavar=GATE_FILE, type=Path, nargs="?", default=default, help=f"default: {default}")


def attest(given: argparse.Namespace) -> int:
    """Write the signed statement, or make a key. Raises UserError."""
    if given.new_key is not None:
        print(f"{given.new_key} (private: keep it), {envelope.make_key(given.new_key)} (public: give it away)")
        return ExitCode.PASSED
    if given.key is None:
        raise OptionError("attest: no key; name yours with --key FILE, or make one with --new-key FILE")
    document = read(given.file)
    if wrong := recomputing.disagreements(document):
        raise ReportError(f"{given.file}: {wrong[0]}; it was changed or damaged, and is not signed: run the gate again")
    if not recomputing.is_of_this_rule(document):
        version = document.run.version
        raise ReportError(f"{given.file}: {_other_rule(document)}; attest it with version {version}, or run it again")
    folder = _folder(given.file)
    answers = verifying.answers_in(document, _store(given))
    about = statement.statement(document, folder, answers)
    out: Path = given.out or folder / STATEMENT_FILE
    try:
        sealed.write(out, envelope.sign(msgspec.json.encode(about), given.key))
    except OSError as error:
        raise ReportError(f"{out}: {error.strerror}; name a file that can be written with --out") from error
    print(f"signed: {printable(document.title)}")
    if not answers:
        print(f"stored answers not named: none of this run's in {_store(given)}; --store names another")
    print(out)
    return ExitCode.PASSED


def verify(given: argparse.Namespace) -> int:
    """Print each check; 0 where the signature is the key's and nothing differs. Raises UserError."""
    is_signed = _is_envelope(given.file)
    folder = given.report or _folder(given.file)
    checks: list[Check] = []
    answers: tuple[statement.AttestedAnswers, ...] = ()
    document = read(folder if is_signed else given.file)
    if is_signed:
        found = envelope.read(given.file)
        try:
            signed = statement.read(found.content())
            checks.append(_signature(found, given.key))
        except ReportError as error:
            raise ReportError(f"{given.file}: {error}; it was changed or damaged: attest the run again") from error
        checks += verifying.of_statement(signed, document, folder)
        answers = signed.predicate.store
    else:
        checks.append(Check(what="signature", result="not checked", detail="a gate.json alone is not signed"))
    checks += _recomputed(document)
    checks += verifying.of_run(document, answers, _reach(given))
    rows = [(check.result, check.what, printable(check.detail)) for check in checks]
    print(tabulate(rows, tablefmt="plain", disable_numparse=True))
    print(f"run: {printable(document.title)}")
    return _concluded(checks)


def _recomputed(document: Document) -> list[Check]:
    what = "verdict by its gates"
    if wrong := recomputing.disagreements(document):
        return [Check(what=what, result="DIFFERS", detail=each) for each in wrong]
    if not recomputing.is_of_this_rule(document):
        return [Check(what=what, result="not checked", detail=_other_rule(document))]
    return [Check(what=what, result="ok")]


def _other_rule(document: Document) -> str:
    rule = document.run.rule or "unknown"
    return f"its gates were judged by rule {rule}, and this version checks rule {ruling.VERSION}"


def _concluded(checks: Sequence[Check]) -> int:
    differing = [check.what for check in checks if check.result == "DIFFERS"]
    n_unchecked = sum(check.result == "not checked" for check in checks)
    if differing:
        print(f"NOT VERIFIED: {', '.join(dict.fromkeys(differing))}")
        return ExitCode.NOT_PASSED
    if any(check.what == "signature" and check.result != "ok" for check in checks):
        print("NOT VERIFIED: no signature was checked; name what `attest` wrote, and the signer's key with --key")
        return ExitCode.NOT_PASSED
    print(f"verified; {n_unchecked} not checked" if n_unchecked else "verified")
    return ExitCode.PASSED


def _signature(found: envelope.Envelope, key: Path | None) -> Check:
    if key is None:
        return Check(what="signature", result="not checked", detail="name the signer's public key with --key")
    if envelope.is_signed_by(found, key):
        return Check(what="signature", result="ok", detail=f"by {key}")
    return Check(what="signature", result="DIFFERS", detail=f"not by {key}, or not of this content")


def _is_envelope(path: Path) -> bool:
    """Whether the file is a signed statement; whatever else it is, its reader says what is wrong with it."""
    try:
        content = json.loads(files.read_json(path))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "payloadType" in content


def _reach(given: argparse.Namespace) -> Reach:
    return Reach(
        store=_store(given),
        thresholds=given.thresholds,
        data_root=given.data_root,
        candidate=given.model,
        baseline=given.baseline,
        identify=_identify,
    )


def _identify(name: str) -> Identity:
    return models.resolve(models.parse_spec(name)).identity


def _folder(file: Path) -> Path:
    return file if file.is_dir() else file.parent


def _store(given: argparse.Namespace) -> Path:
    return engines.store_folder(given.store)
