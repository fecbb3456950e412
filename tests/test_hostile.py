"""Input made to break readers, scoring and reports."""

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import framing
from framing import report
from framing.candidates import candidates
from framing.cues import CUES
from framing.inputs.readers import READERS, ReadOptions, read
from framing.schema import Article, Evidence, InputError, ModelId, Record, Skip

SEEDS = {
    "text": "Le maire a présenté le budget.\nAbonnez-vous !".encode(),
    "html": b"<!DOCTYPE html><html><body><article><p>Some text of an article.</p></article></body></html>",
    "jsonl": b'{"id": "1", "text": "un texte assez long", "title": null}\n{"text": 5}\n',
    "json": b'[{"maintext": "un texte assez long", "url": "https://a.example/1"}]',
    "jsonfeed": b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_html": "<p>x</p>"}]}',
    "feed": b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>T</title><description>D</description></item></channel></rss>',
    "urls": b"https://a.example/1\n# x\nftp://b\n",
    "opml": b'<opml version="2.0"><body><outline xmlUrl="https://a.example/feed"/></body></opml>',
    "sitemap": b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/1</loc></url></urlset>',
    "csv": b'id,text\n1,"un texte, long"\n2,\n',
    "tsv": b"id\ttext\n1\tun texte long\n",
    "parquet": b"PAR1\x15\x04\x15\x00\x00\x00PAR1",
    "warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 40\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n\r\n",
}
quiet = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_all(path: Path, form: str | None) -> None:
    try:
        for found in read(str(path), ReadOptions(form)):
            assert isinstance(found, Article | Skip)
            assert found.text if isinstance(found, Article) else found.where and found.reason
    except InputError as problem:
        assert problem.problem


@st.composite
def broken(draw: st.DrawFn, seed: bytes) -> bytes:
    """Pieces of the seed, repeated, cut, with bytes in between."""
    pieces = draw(st.lists(st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed)), st.binary(max_size=6)), max_size=5))
    return b"".join(seed[min(a, b) : max(a, b)] + extra for a, b, extra in pieces) or draw(st.binary(max_size=80))


@pytest.mark.parametrize("form", list(READERS))
def test_any_bytes_give_articles_and_skips_or_one_error(tmp_path: Path, form: str) -> None:
    path = tmp_path / "x"

    @quiet
    @given(broken(SEEDS[form]))
    def check(raw: bytes) -> None:
        path.write_bytes(raw)
        read_all(path, form)

    path.write_bytes(SEEDS[form])
    read_all(path, form)
    check()


@pytest.mark.parametrize("suffix", [".gz", ".zst", ""])
def test_any_bytes_are_sniffed_and_unpacked_without_a_crash(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    magic = {".gz": b"\x1f\x8b\x08\x00", ".zst": b"\x28\xb5\x2f\xfd", "": b""}[suffix]

    @quiet
    @given(st.binary(max_size=200))
    def check(raw: bytes) -> None:
        path.write_bytes(magic + raw)
        read_all(path, None)

    check()


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\u200b\u202e\u0336\ud800\0\u2028ﷺßİ𝐀\U000e0061\ufeff \n.«»\"'()[]*@1")), max_size=300),
    st.none() | st.text(max_size=60), st.sampled_from([None, "fr", "ru", "xx", "", "zh-Hant"]),
)  # fmt: skip
def test_any_article_gives_a_record_whose_quotes_are_its_own(model: framing.Model, text: str, title: str | None, language: str | None) -> None:
    article = Article("a", text, title, language=language)
    record = model.score_one(article)
    assert all(0.0 <= p <= 1.0 for p in record.cues.values())
    for each in record.evidence:
        assert each.quote and each.quote == article.field(each.field)[each.start : each.end]
    assert model.score_one(article) == record


# --- reports ---------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</title><svg onload=alert(1)>", "' onmouseover='x",
    "</article></body><iframe src=//evil.example>", "{braces} %s {0}", "<!--", "]]>", "\x1b[31mred\x1b[0m", "\u202eevil", "&lt;b&gt;", "<base href=//e>",
    '<meta http-equiv="refresh" content="0;url=//evil.example">', "<style>@import '//evil.example'</style>", "\0<b>",
]  # fmt: skip
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "thead", "tbody", "tr", "td", "th", "meter", "article", "mark", "sup",
}  # fmt: skip
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "value", "class", "title"}


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))


def hostile(text: str) -> tuple[Article, Record]:
    article = Article(text, f"{text} {text}", text, text, text, "fr")
    marks = tuple(Evidence("social_promo", field, 0, len(text), text, 0.9, "main") for field in ("text", "title"))
    record = Record(text, text, text, text, text, dict.fromkeys([c.id for c in CUES], 0.5), marks, (text,), ModelId(text, text, text))
    return article, record


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_holds_no_element_or_attribute_of_the_article(text: str) -> None:
    page = report.page_start(text) + report.page_article(*hostile(text)) + report.page_end(text)
    parsed = Elements()
    parsed.feed(page)
    assert {tag for tag, _ in parsed.tags} <= ALLOWED
    assert {name for _, attributes in parsed.tags for name, _ in attributes} <= ATTRIBUTES
    policies = [dict(a)["content"] for tag, a in parsed.tags if tag == "meta" and ("http-equiv", "Content-Security-Policy") in a]
    assert len(policies) == 1 and policies[0] and policies[0].startswith("default-src 'none'")
    assert "http" not in {dict(a).get("content", "") for tag, a in parsed.tags if tag == "meta"}
    assert page.index("Content-Security-Policy") < page.index("<title>")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_text_view_moves_no_cursor(text: str) -> None:
    shown = report.text(*hostile(text), report.Style(colour=False))
    assert all(c.isprintable() or c == "\n" for c in shown)


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\tx", "\r=1", "\n=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=cmd|' /C calc'!A0", "＝1", "\0=1", "\x1f+1",
]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    assert report.inert(formula).startswith("'")
    article, record = hostile(formula)
    (cells,) = csv.reader(io.StringIO(report.csv_row(article, record)))
    assert len(cells) == len(report.CSV_FIELDS)
    for cell in cells:
        assert not cell.strip().startswith(("=", "+", "-", "@", "＝")) and "\n" not in cell and "\r" not in cell


@given(st.text(max_size=40))
def test_a_row_stays_one_row_with_its_columns(text: str) -> None:
    rows = list(csv.reader(io.StringIO(report.csv_row(*hostile(text)))))
    assert len(rows) == 1 and len(rows[0]) == len(report.CSV_FIELDS)
    assert rows[0][0].removeprefix("'").replace(" ", "") == "".join(" " if c in "\r\n\0" else c for c in text).replace(" ", "").removeprefix("'")


@pytest.mark.parametrize("text", ["See https://a.example/b[Join](https://t.me/c) now.", "\u0301", "Read on.\n\u0301\u0302"])
def test_every_candidate_holds_a_token(model: framing.Model, text: str) -> None:
    found = candidates(framing.Article("odd", text), "en", model.lexicon)
    assert all(len(each.inner) for unit in found.values() for each in unit)
