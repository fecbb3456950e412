from pathlib import Path

import pytest

from framing.schema import CorpusError
from framing.tasks import imports

TEXT = "Titre\n\nPremière ligne.\nSeconde ligne.\n"


def tree(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def test_semeval_2020(tmp_path: Path) -> None:
    tree(tmp_path, **{
        "train-articles__article1.txt": TEXT, "train-articles__article2.txt": TEXT,
        "l__article1.task2-TC.labels": "1\tDoubt\t7\t15\n", "l__article2.task2-TC.labels": "",
    })  # fmt: skip
    found = imports.read(tmp_path)
    assert [(m.article.id, m.task, sorted(m.present), m.start, m.end) for m in found] == [
        ("1", "techniques", ["Doubt"], 7, 15), ("2", "techniques", [], 0, 0),
    ]  # fmt: skip
    assert found[0].article.title == "Titre"


def test_semeval_2023(tmp_path: Path) -> None:
    texts = {f"fr__train-articles-subtask-{k}__article1.txt": TEXT for k in (1, 2, 3)}
    tree(tmp_path, **texts, **{
        "fr__train-labels-subtask-1.txt": "1\topinion\n", "fr__train-labels-subtask-2.txt": "1\tMorality,Economic\n",
        "fr__train-labels-subtask-3.txt": "1\t3\tDoubt,Slogans\n1\t4\t\n",
    })  # fmt: skip
    found = imports.read(tmp_path)
    assert [(m.task, m.level, sorted(m.present)) for m in found] == [
        ("genre", "article", ["opinion"]), ("frames", "article", ["Economic", "Morality"]),
        ("techniques", "paragraph", ["Doubt", "Slogans"]), ("techniques", "paragraph", []),
    ]  # fmt: skip
    assert TEXT[found[3].start : found[3].end] == "Seconde ligne." and found[0].article.language == "fr"
    assert {m.task for m in imports.read(tmp_path, task="genre")} == {"genre"}


def test_semeval_2025_has_an_inclusive_end(tmp_path: Path) -> None:
    tree(tmp_path, **{
        "BG__raw-documents__a.txt": TEXT,
        "BG__subtask-1-annotations.txt": "a.txt\tPremière\t7\t14\tAntagonist\tTyrant\n",
        "BG__subtask-2-annotations.txt": "a.txt\tURW: X;CC: Y\tURW: X: z\n",
    })  # fmt: skip
    roles, narratives = imports.read(tmp_path)
    assert TEXT[roles.start : roles.end] == "Première" and roles.present == {"Antagonist"}
    assert narratives.present == {"URW: X", "CC: Y"} and narratives.article.language == "bg"


ARTICLES = '<articles><article id="1" title="T" published-at="2017-01-01"><p>One &amp;amp; two.</p><p>Three.</p></article></articles>'
TRUTH = '<articles><article id="1" hyperpartisan="true" url="https://www.a.com/x" labeled-by="article"/></articles>'


def test_hyperpartisan_xml(tmp_path: Path) -> None:
    tree(tmp_path, **{"articles-train.xml": ARTICLES, "ground-truth-train.xml": TRUTH})
    for path in (tmp_path, tmp_path / "articles-train.xml"):
        (mark,) = imports.read(path, "hyperpartisan")
        assert (mark.article.text, mark.article.title, mark.article.outlet) == ("One & two.\nThree.", "T", "a.com")
        assert mark.present == {"true"} and mark.article.published == "2017-01-01"


@pytest.mark.parametrize(
    ("articles", "says"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><articles>&a;</articles>', "cannot be read as XML"),
        ("<articles>", "cannot be read as XML"),
        ('<articles><article id="2"/></articles>', "article '2' is not in ground-truth-train.xml"),
    ],
)
def test_bad_xml_is_one_error(tmp_path: Path, articles: str, says: str) -> None:
    tree(tmp_path, **{"articles-train.xml": articles, "ground-truth-train.xml": TRUTH})
    with pytest.raises(CorpusError, match=says):
        imports.read(tmp_path)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"x.txt": ""}, "is no folder of a known task"),
        ({"l__article1.task2-TC.labels": "1\tDoubt\t7\t15\n"}, "names the article '1', which has no text"),
        ({"a__article1.txt": TEXT, "l__article1.task2-TC.labels": "1\tDoubt\tx\t15\n"}, "'x' is no whole number"),
        ({"a__article1.txt": TEXT, "l__article1.task2-TC.labels": "1\tDoubt\n"}, "has 2 columns, needs 3"),
        ({"a__article1.txt": TEXT, "l__article1.task2-TC.labels": "1\tDoubt\t7\t999\n"}, "lies outside"),
        ({"fr__dev-labels-subtask-1.txt": "1\topinion\n"}, "cannot be read"),
        ({"fr__dev-articles-subtask-3__article1.txt": TEXT, "fr__dev-labels-subtask-3.txt": "1\t9\tx\n"}, "names line 9"),
        ({"EN__subtask-2-annotations.txt": "a.txt\tX\n"}, "has no folder of documents"),
    ],
)
def test_a_broken_folder_is_one_error(tmp_path: Path, files: dict[str, str], says: str) -> None:
    tree(tmp_path, **files)
    with pytest.raises(CorpusError) as caught:
        imports.read(tmp_path)
    assert says in str(caught.value)
