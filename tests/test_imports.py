import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.schema import CorpusError
from framing.tasks import imports

TEXT = "🙂 Le ministre ment."


def write(tmp_path: Path, content: object, name: str = "export.jsonl") -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


@given(st.text(), st.integers(0, 30))
def test_utf16_units_become_code_points(text: str, at: int) -> None:
    at = min(at, len(text))
    assert imports.code_point(text, len(text[:at].encode("utf-16-le", "surrogatepass")) // 2) == at


def test_label_studio_offsets_count_utf16_units(tmp_path: Path) -> None:
    span = {"value": {"start": 6, "end": 14, "text": "ministre", "labels": ["Name"]}, "from_name": "cue", "type": "labels"}
    choice = {"value": {"choices": ["opinion"]}, "from_name": "genre", "type": "choices"}
    row = {"id": 7, "data": {"text": TEXT, "outlet": "a.fr"}, "annotations": [{"result": [span, choice], "completed_by": 3}]}
    found = imports.read(write(tmp_path, [row], "export.json"))
    assert [(m.task, m.level, sorted(m.present), m.annotator) for m in found] == [
        ("cue", "span", ["Name"], "3"), ("genre", "article", ["opinion"], "3"),
    ]  # fmt: skip
    assert TEXT[found[0].start : found[0].end] == "ministre" and found[0].article.outlet == "a.fr"


def test_a_quoted_text_that_is_not_there_is_refused(tmp_path: Path) -> None:
    span = {"value": {"start": 6, "end": 14, "text": "président", "labels": ["Name"]}}
    with pytest.raises(CorpusError, match="is not 'président'"):
        imports.read(write(tmp_path, [{"data": {"text": TEXT}, "annotations": [{"result": [span]}]}], "export.json"))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"id": 1, "text": TEXT, "label": [[5, 13, "Name"]]}, [("span", ["Name"], 5, 13)]),
        ({"id": 1, "text": TEXT, "entities": [{"label": "Name", "start_offset": 5, "end_offset": 13}]}, [("span", ["Name"], 5, 13)]),
        ({"id": 1, "text": TEXT, "label": ["a", "b"]}, [("article", ["a", "b"], 0, 0)]),
        ({"id": 1, "text": TEXT, "label": []}, [("span", [], 0, 0)]),
        ({"text": TEXT, "_input_hash": 1, "accept": ["a"], "answer": "accept"}, [("article", ["a"], 0, 0)]),
        ({"text": TEXT, "label": "promo", "answer": "reject"}, [("article", ["false"], 0, 0)]),
        ({"text": TEXT, "answer": "accept", "spans": [{"start": 5, "end": 13, "label": "Name"}]}, [("span", ["Name"], 5, 13)]),
        ({"text": TEXT, "spans": [{"start": 5, "end": 13, "technique": "Name"}]}, [("span", ["Name"], 5, 13)]),
        ({"text": TEXT, "task": "t", "label": True}, [("article", ["true"], 0, 0)]),
        ({"text": TEXT, "labels": {"veracity": "fake", "n": 3}}, [("article", ["fake"], 0, 0)]),
    ],
)
def test_each_row_is_told_by_its_fields(tmp_path: Path, row: object, expected: object) -> None:
    found = imports.read(write(tmp_path, row))
    assert [(m.level, sorted(m.present), m.start, m.end) for m in found] == expected


def test_an_ignored_row_says_nothing(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no label"):
        imports.read(write(tmp_path, {"text": TEXT, "label": "a", "answer": "ignore"}))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.jsonl", None, "does not exist"),
        ("e.jsonl", "", "is empty"),
        ("e.json", "[{}]", "missing required field `data`"),
        ("e.json", "nonsense", "JSON is malformed"),
        ("e.jsonl", '{"text": "a", "spans": [{"start": 0, "end": 1}]}', "one has no label"),
        ("e.jsonl", '{"text": "", "label": ["a"]}', "field 'text': is missing or empty"),
        ("e.xml", "<a/>", "is one part of a corpus in two files"),
    ],
)
def test_a_broken_export_is_one_error(tmp_path: Path, name: str, content: str | None, says: str) -> None:
    path = tmp_path / name if content is None else write(tmp_path, content, name)
    with pytest.raises(CorpusError) as caught:
        imports.read(path)
    assert says in str(caught.value)


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="unknown label format 'brat'"):
        imports.read(write(tmp_path, "x"), "brat")
