"""The lines that name a run before its results: models, engine, data, rules."""

from clue_lib.judging import early as judging_early
from clue_lib.judging import thresholds_file
from clue_lib.report.asked import asked
from clue_lib.report.columns import wrapped
from clue_lib.report.figures import WIDTH, profile
from clue_lib.types import Early, ModelInfo, RunInfo, TaskInfo

LABEL_WIDTH = 10


def header(info: RunInfo, columns: int = WIDTH) -> list[str]:
    """Who was compared, on what, under which rules; percent and points in the table below it."""
    thresholds = f"{_thresholds(info.thresholds)} {info.thresholds_file_digest[:12]}"
    rows = [
        ("baseline", _model(info.baseline)),
        ("candidate", _model(info.candidate)),
        ("engine", " ".join(info.candidate.engine.of_engine.values())),
        ("prompts", asked(info)),
        *(("data", _data(task)) for task in info.tasks),
        ("profile", f"{profile(info)}; thresholds: {thresholds}"),
        *(("note", note) for note in _notes(info)),
    ]
    return [line for label, text in rows for line in labelled(label, text, columns)]


def labelled(label: str, text: str, columns: int = WIDTH) -> list[str]:
    """A row of the header in lines; none where there is no text."""
    return wrapped(text, columns, first=label.ljust(LABEL_WIDTH), rest=" " * LABEL_WIDTH)


def early_words(early: Early) -> str:
    """What came of early rejection, where it was in force; else nothing."""
    if early.is_rejected:
        return judging_early.told(early)
    if not early.is_in_force or not early.n_looks:
        return ""
    return f"not rejected: E = {early.evidence:.3g} after {early.n_looks} looks, 100 rejects"


def _notes(info: RunInfo) -> list[str]:
    """What a reader must know before the figures."""
    notes = []
    if info.remote_hosts:
        hosts = ", ".join(info.remote_hosts)
        notes.append(f"prompts of data under an agreement were sent to {hosts}, as --allow-remote-host says")
    if info.is_of_one_model and not info.is_aa:
        notes.append("candidate and baseline are one model, asked alike: an A/A of nothing")
    return notes


def _model(model: ModelInfo) -> str:
    """The name, and of each digest or `repository@commit` what tells it from others."""
    marks = []
    for name, value in model.identity.known.items():
        digest = value.rpartition("@")[2]
        marks.append(f"{name} {digest[:12]}")
    return f"{model.name} ({' '.join(marks)})"


def _thresholds(name: str) -> str:
    """Whose file it is: a bare name is that of the current folder's."""
    is_bare = name != thresholds_file.SUITES_OWN and "/" not in name
    return f"./{name}" if is_bare else name


def _data(task: TaskInfo) -> str:
    cut = ""
    if task.n_cut:
        n_tokens = task.cut_tokens / task.n_cut
        cut = f", {task.n_cut} contexts shortened, by {n_tokens:.0f} tokens on average"
    drawn = f", {task.n_drawings} drawings of each question's letters" if task.n_drawings > 1 else ""
    if task.n_left_out:
        room = f"{task.context:,} tokens" if task.context else "the room"
        drawn += f", {task.n_left_out} left out: the letters with their answer don't fit whole into {room}"
    data = task.data if task.data == task.tier else f"{task.data} ({task.tier})"
    remarks = "".join(f"; {remark}" for remark in task.remarks)
    return f"{task.name}: {data}, {task.n_scored} of {task.n_read} examples scored{drawn}{cut}{remarks}"
