from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.inputs import readers, rows
from framing.inputs.readers import ReadOptions, read
from framing.schema import Article, InputError, Skip

PLAIN = ReadOptions()


def test_text_html_and_jsonl_are_told_by_suffix_and_by_content(tmp_path: Path) -> None:
    for name, content, form in [("a.txt", b"Bonjour", "text"), ("b", b'{"text": "x"}', "jsonl"), ("c", b"<!DOCTYPE html><p>x", "html")]:
        assert readers._format(str(tmp_path / name), content) == form


def test_broken_rows_are_skipped_with_their_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [
        b'{"id": "1", "text": "un texte assez long"}', b"{broken", b'{"text": 5}', b'["list"]', b'{"id": "x"}', b'{"text": "abc"}',
        b'{"text": "a\\ud800bcdef"}', b"\xff\xfe", b'{"maintext": "News please text", "source_domain": "s.example", "url": "https://s.example/1"}',
    ]  # fmt: skip
    path.write_bytes(b"\n".join(rows))
    found = list(read(str(path), PLAIN))
    assert [f.where.rsplit(":", 1)[1] for f in found if isinstance(f, Skip)] == ["2", "3", "4", "5", "6", "7", "8"]
    last = found[-1]
    assert isinstance(last, Article) and (last.outlet, last.id) == ("s.example", "https://s.example/1")


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"\0\1\2", PLAIN, "null bytes"),
        ("Привет".encode("cp1251"), PLAIN, "--encoding"),
        (b"abc", ReadOptions(encoding="no-such"), "unknown encoding"),
        (b"a" * (rows.MAX_FILE + 1), PLAIN, "more than"),
    ],
)
def test_unreadable_files_say_place_problem_and_remedy(tmp_path: Path, content: bytes, options: ReadOptions, says: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        list(read(str(path), options))
    assert str(path) in str(caught.value)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(InputError, match=str(path)):
            list(read(str(path), PLAIN))


def test_encodings_and_byte_order_marks(tmp_path: Path) -> None:
    for raw, options in [
        ("Привет, мир".encode("cp1251"), ReadOptions(encoding="cp1251")),
        ("Привет, мир".encode("utf-16"), PLAIN),
        ("Привет, мир".encode("utf-8-sig"), PLAIN),
    ]:
        (tmp_path / "a.txt").write_bytes(raw)
        (found,) = read(str(tmp_path / "a.txt"), options)
        assert isinstance(found, Article) and found.text == "Привет, мир"


def test_empty_tiny_and_huge_texts_are_skipped() -> None:
    for text in ("", "abc", "x" * (rows.MAX_TEXT + 1)):
        assert isinstance(rows.accept("w", Article("a", text)), Skip)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_jsonl_give_articles_or_skips(raw: bytes) -> None:
    for found in readers._jsonl("w", iter([raw]), PLAIN):
        assert isinstance(found, Article | Skip)


def test_a_page_keeps_its_furniture_and_knows_its_main_text(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    paragraphs = "".join(f"<p>Le conseil a voté le point {i} de l’ordre du jour après un long débat entre les élus du canton.</p>" for i in range(8))
    page = (
        "<!DOCTYPE html><html><head><title>Le conseil vote</title><script>alert(1)</script></head><body><nav>Accueil</nav>"
        f"<article><h1>Le conseil vote</h1>{paragraphs}</article><aside>Lire aussi : La salle des fêtes rouvre</aside>"
        "<footer>Rejoignez-nous sur Telegram</footer><p hidden>caché</p></body></html>"
    )
    (tmp_path / "p.html").write_text(page, encoding="utf-8")
    (found,) = read(str(tmp_path / "p.html"), PLAIN)
    assert isinstance(found, Article)
    assert "Rejoignez-nous" in found.text and "alert" not in found.text and "caché" not in found.text
    assert found.region("text", found.text.index("point 3")) == "main"
    assert found.region("text", found.text.index("Rejoignez")) == "furniture"
