"""The rule against candidates whose right verdict is known, on the bundled data and at the official sizes.

BERTScore, which would embed every answer, is stood in for by ROUGE-L; planted answers leave it as it was.
"""

import dataclasses
from pathlib import Path

import official_data
import pytest
from known_candidates import CANDIDATES, World

from clue_lib.metrics import METRICS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def quick_bertscore():
    own = METRICS["bertscore_f1"]
    METRICS["bertscore_f1"] = dataclasses.replace(own, score=METRICS["rougeL"].score, tool=lambda: "")
    yield
    METRICS["bertscore_f1"] = own


@pytest.fixture(scope="module", params=["bundled", pytest.param("official", marks=pytest.mark.slow)])
def world(request, tmp_path_factory, quick_bertscore):
    """A base that answered, and whether the data has the official sizes."""
    folder = tmp_path_factory.mktemp(request.param)
    is_official = request.param == "official"
    data = official_data.write(folder / "data") if is_official else None
    return World(folder, ROOT / "thresholds.toml", data), is_official


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_a_candidate_gets_the_verdict_it_deserves(world, candidate):
    of_base, is_official = world
    ruled = of_base.rule(candidate)
    expected = candidate.state if is_official or candidate.bundled is None else candidate.bundled
    assert ruled.ending == expected, ruled
    if is_official:
        assert set(candidate.gates) <= set(ruled.failed), ruled
