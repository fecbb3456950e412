import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.schema import CorpusError
from framing.tasks import labels

TEXT = "Une annonce 🙂 du ministre."


def write(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "l.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_levels_and_kinds_of_labels(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"text": TEXT, "task": "t", "label": True},
        {"text": TEXT, "task": "t", "label": "opinion"},
        {"text": TEXT, "task": "t", "labels": ["a", "b"], "asked": ["a", "b", "c"]},
        {"text": TEXT, "task": "t", "spans": [{"start": 0, "end": 3, "label": "a"}], "annotator": "ann"},
        {"text": TEXT, "task": "t", "spans": []},
        {"text": TEXT, "task": "t", "paragraphs": [{"start": 0, "end": 26, "labels": []}]},
    )
    found = list(labels.jsonl(path))
    assert [m.level for m in found] == ["article", "article", "article", "span", "span", "paragraph"]
    assert [sorted(m.present) for m in found] == [["true"], ["opinion"], ["a", "b"], ["a"], [], []]
    assert found[2].absent == {"c"} and found[0].absent is None
    assert (found[3].start, found[3].end, found[3].annotator) == (0, 3, "ann")
    assert found[0].group == f"article:{path}:1"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"text": TEXT, "task": "t", "lable": True}, "l.jsonl:1: unknown field 'lable'; did you mean 'label'?"),
        ({"text": TEXT, "task": "t", "label": 3}, "l.jsonl:1: field 'label': Expected `bool | str | null`, got `int`"),
        ({"task": "t", "label": True}, "l.jsonl:1: Object missing required field `text`"),
        ({"text": TEXT, "task": "t"}, "l.jsonl:1: has no label; give one of label, labels, spans, paragraphs"),
        ({"text": TEXT, "task": "", "label": True}, "field 'task': is empty"),
        ({"text": TEXT, "task": "t", "label": True, "labels": []}, "has label and labels"),
        ({"text": TEXT, "task": "t", "spans": [{"start": 3, "end": 99, "label": "a"}]}, "[3, 99) lies outside the 26 characters"),
        ({"text": TEXT, "task": "t", "spans": [{"start": 3, "end": 9}]}, "field 'spans[0]': has no label"),
        ({"text": TEXT, "task": "t", "spans": [{"start": 0, "end": 1, "label": "a", "field": "body"}]}, "names the field 'body'"),
    ],
)
def test_a_broken_row_names_file_line_field_and_remedy(tmp_path: Path, row: object, says: str) -> None:
    with pytest.raises(CorpusError) as caught:
        list(labels.jsonl(write(tmp_path, row)))
    assert says in str(caught.value)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    with pytest.raises(CorpusError):
        labels.decode("x:1", raw + b"\xff", dict)


def test_a_table_has_articles_and_spans(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("text,task,label,labels,start,end\nabc def,t,yes,,,\nabc def,t,,a|b,,\nabc def,t,x,,4,7\n", encoding="utf-8")
    found = list(labels.table(path))
    assert [(m.level, sorted(m.present)) for m in found] == [("article", ["true"]), ("article", ["a", "b"]), ("span", ["x"])]
    assert (found[2].start, found[2].end, found[2].place) == (4, 7, f"{path}:4")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("text,task,lable\na,t,1\n", ":1: unknown column 'lable'; did you mean 'label'?"),
        ("text,label\na,1\n", ":1: lacks the column 'task'"),
        ("text,task,label\na,t\n", ":2: has not as many cells as the header"),
        ("text,task,label,start,end\nabcd,t,x,1,two\n", ":2: field 'start' or 'end': is no whole number"),
    ],
)
def test_a_broken_table_names_line_and_remedy(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "l.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        list(labels.table(path))
    assert says in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    for read in (labels.jsonl, labels.table):
        with pytest.raises(CorpusError, match="cannot be read"):
            list(read(tmp_path / "none"))
