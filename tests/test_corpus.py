"""The shipped corpus and what lints it."""

import json
from pathlib import Path

from framing.training import lint

DATASETS = Path(__file__).parent.parent / "datasets"


def test_the_shipped_corpus_is_clean() -> None:
    problems, tables = lint.check(DATASETS)
    assert problems == []
    assert any(line.startswith("real articles:") for line in tables)


def test_the_lint_finds_each_kind_of_fault(tmp_path: Path) -> None:
    base = {"lang": "fr", "title": None, "spans": [], "topic": "t", "register": "r", "author_batch": "b", "license": "CC-BY-4.0"}
    text = "Le conseil a voté hier soir le budget de la commune après un long débat public."
    rows = [
        {**base, "id": "a", "text": text, "target": "0"},
        {**base, "id": "a", "text": text, "target": "0"},
        {**base, "id": "c", "text": "Zéro\u200blargeur ici même.", "target": "0"},
        {**base, "id": "d", "text": "Rien de tel.", "target": "+designation"},
        {**base, "id": "e", "text": "Lire aussi : x", "target": "0", "spans": [{"cue": "read_also", "start": 0, "end": 11}]},
    ]
    (tmp_path / "cues").mkdir()
    (tmp_path / "cues" / "fr.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    problems = "\n".join(lint.check(tmp_path)[0])
    for fault in ("stands 2 times", "near-copy of a", "odd characters", "written for designation", "yet carries", "blank"):
        assert fault in problems


def test_standoff_rows_hold_no_text() -> None:
    for path in (DATASETS / "real").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert set(row) == {"corpus", "id", "field", "sha1", "lang", "spans", "annotator", "reviewed"}
            assert all(set(s) == {"cue", "field", "start", "end"} for s in row["spans"])
