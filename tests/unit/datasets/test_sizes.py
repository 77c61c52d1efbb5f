"""Small files that unzip to gigabytes: refused in a line, within a bound of memory that another process measures."""

import gzip
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from clue_lib import files
from clue_lib.datasets import delimited, rows
from clue_lib.datasets.columns import Columns
from clue_lib.errors import DataError

ROOT = Path(__file__).parents[3]
MB = 1_000_000

READ = """
import resource, sys
from pathlib import Path
import numpy, openpyxl, pandas, pyarrow.parquet  # before measuring: what reading takes is counted, and no import
from clue_lib import datasets
from clue_lib.errors import ClueError
from clue_lib.report import examples

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

before = peak()
path = Path(sys.argv[1])
try:
    examples.read(path) if path.suffix == ".parquet" else list(datasets.rows(path, ("a",)))
    print("read")
except ClueError as error:
    print(error)
print(peak() - before)
"""


def read(path: Path, **env: str) -> tuple[str, int]:
    """What reading the file says, and by how many bytes it raised the process's peak of memory."""
    command = [sys.executable, "-c", READ, str(path)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=True, timeout=300
    )
    told, n_bytes = done.stdout.splitlines()
    return told, int(n_bytes)


def zipped(path: Path, first: bytes, repeated: bytes, n_bytes: int) -> Path:
    """A gzip file of the first bytes and so many of the repeated ones."""
    block = repeated * (MB // len(repeated))
    with gzip.open(path, "wb", compresslevel=6) as file:
        file.write(first)
        for _ in range(n_bytes // len(block)):
            file.write(block)
    return path


BASE = "http://schemas.openxmlformats.org"
MAIN = f"{BASE}/spreadsheetml/2006/main"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONS = f"{BASE}/officeDocument/2006/relationships"
KINDS = f"{BASE}/package/2006/relationships"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{BASE}/package/2006/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{OFFICE}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{OFFICE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{KINDS}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="s" sheetId="1" '
    'r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{KINDS}"><Relationship Id="r1" '
    f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
"""What a workbook consists of besides its sheet and strings."""


def workbook(path: Path, sheet: bytes, n_times: int, strings: bytes = b"", n_strings: int = 0) -> Path:
    """A workbook whose one sheet has these rows so many times, and as many shared strings."""
    grown = {"worksheets/sheet1": ("worksheet", "sheetData", sheet, n_times)}
    grown["sharedStrings"] = ("sst", "sst", strings, n_strings)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        for name, text in PARTS.items():
            file.writestr(name, text)
        for name, (outer, inner, repeated, n) in grown.items():
            opened, closed = (f'<{outer} xmlns="{MAIN}">', f"</{outer}>")
            if inner != outer:
                opened, closed = f"{opened}<{inner}>", f"</{inner}>{closed}"
            with file.open(f"xl/{name}.xml", "w") as part:
                part.write(opened.encode())
                for _ in range(n):
                    part.write(repeated)
                part.write(closed.encode())
    return path


def test_a_workbook_as_made_here_is_read(tmp_path):
    """Or the bombs below would be refused for another reason."""
    row = b'<row><c t="inlineStr"><is><t>%s</t></is></c></row>'
    path = workbook(tmp_path / "a.xlsx", row % b"a" + row % b"x", 1)
    assert [row for _, row in rows(path, ("a",))] == [{"a": "x"}]


def bomb(name: str, folder: Path) -> Path:
    """A file of at most three megabytes that is a gigabyte or more in memory."""
    if name == "one line":
        return zipped(folder / "a.jsonl.gz", b"", b"x", 2000 * MB)
    if name == "blank lines":
        return zipped(folder / "a.csv.gz", b"a\n", b" " * 999 + b"\n", 1000 * MB)
    if name == "an array":
        return zipped(folder / "a.json.gz", b"[", b"1,", 90 * MB)
    if name == "a cell":
        return zipped(folder / "a.csv.gz", b'a\n"', b"x", 1000 * MB)
    if name == "a sheet":
        return workbook(folder / "a.xlsx", b'<row><c t="inlineStr"><is><t>a</t></is></c></row>' * 1000, 15_000)
    if name == "shared strings":
        return workbook(folder / "a.xlsx", b"", 0, b"<si><t>abcdef</t></si>" * 1000, 40_000)
    if name == "far cells":
        return workbook(folder / "a.xlsx", b'<row><c r="XFD1"><v>1</v></c></row>' * 100, 300)
    return workbook(folder / "a.xlsx", b'<row r="999999999"><c><v>1</v></c></row>', 1)


NAMES = ("one line", "blank lines", "an array", "a cell", "a sheet", "shared strings", "far cells", "a row far below")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_bomb_is_one_line_within_a_bound_of_memory(tmp_path, name):
    path = bomb(name, tmp_path)
    assert path.stat().st_size < 5 * MB
    told, n_bytes = read(path)
    assert told.startswith(f"{path}")
    assert "--max-file-size, or the variable CLUE_GATE_MAX_FILE_SIZE, allows more" in told
    assert n_bytes < 450 * MB  # a few times the bound of 100 MB; the like took 1.5 and 2 GB before


@pytest.mark.slow
def test_a_table_of_examples_that_repeats_one_text_a_thousand_times(tmp_path):
    import pandas as pd

    path = tmp_path / "examples.parquet"
    pd.DataFrame({"task": ["x" * MB] * 3000}).to_parquet(path, compression="zstd")
    assert path.stat().st_size < MB
    told, n_bytes = read(path)
    assert told.startswith(f"{path}: it holds more than 400 MB; --max-file-size")
    assert n_bytes < 1000 * MB


def test_the_variable_lets_more_be_read(tmp_path):
    path = zipped(tmp_path / "a.csv.gz", b"a\n", b"x" * 999 + b"\n", 2 * MB)
    assert read(path, CLUE_GATE_MAX_FILE_SIZE="1MB")[0].startswith(f"{path}: it holds more than 1 MB;")
    assert read(path, CLUE_GATE_MAX_FILE_SIZE="3MB")[0] == "read"


def test_a_streamed_table_may_be_of_any_size_and_a_line_of_it_may_not(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_chosen", 1000)
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "x\n" * 2000)
    wanted = Columns(required=("a",), optional=())
    assert sum(1 for _ in delimited.records(path, wanted, is_streamed=True)) == 2000
    with pytest.raises(DataError, match="it holds more than 1,000 bytes"):
        list(rows(path, ("a",)))
    path.write_text("a\n" + "x" * 2000)
    with pytest.raises(DataError, match="it holds more than 1,000 bytes"):
        list(delimited.records(path, wanted, is_streamed=True))
