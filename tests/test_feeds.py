import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.inputs import feeds, readers
from framing.inputs.readers import ReadOptions
from framing.inputs.rows import Link
from framing.schema import Article, InputError, Skip

BODY = "Le conseil a voté le budget après un long débat entre les élus du canton."
RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:media="http://search.yahoo.com/mrss/" xml:base="https://news.example/"><channel><title>T</title><link>https://news.example/</link>
<item><title>Un &amp;amp; deux &lt;b&gt;gras&lt;/b&gt;</title><link>/a/1</link><guid isPermaLink="false">17</guid>
<pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate><description>Court.</description>
<content:encoded><![CDATA[<p>{BODY}</p><script>alert(1)</script><p>Abonnez-vous à notre chaîne !</p>]]></content:encoded>
<media:content url="https://news.example/i.jpg"/></item>
<item><title>Sans date</title><link>https://www.other.example/2</link><description>{BODY}</description></item>
<item><title>Sans texte</title><link>https://news.example/3</link></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>tag:x,2026:1</id><title type="html">A &lt;i&gt;b&lt;/i&gt;</title>
<link href="https://atom.example/1"/><updated>2026-11-24T08:00:00+02:00</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{BODY}</p><p>Fin.</p></div></content></entry></feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://r.example/"><title>T</title></channel>
<item rdf:about="https://r.example/1"><title>RDF</title><link>https://r.example/1</link><description>{BODY}</description></item></rdf:RDF>"""
RSS_091 = f'<rss version="0.91"><channel><title>T</title><item><title>Old</title><description>{BODY}</description></item></channel></rss>'
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1", "title": "T",
    "items": [
        {"id": 1, "url": "https://j.example/1", "title": "J", "content_html": f"<p>{BODY}</p><p>Fin.</p>", "date_published": "2026-11-24"},
        {"id": "https://j.example/2", "content_text": BODY}, "no object", {"id": "x", "title": []},
    ],
}  # fmt: skip


def read(tmp_path: Path, content: str | bytes, name: str = "f", **options: object) -> list:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(readers.read(str(path), ReadOptions(**options)))


def test_rss_takes_the_full_content_resolves_links_and_dates(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, RSS)
    assert isinstance(first, Article) and isinstance(second, Article) and isinstance(third, Skip)
    assert first.text == f"{BODY}\nAbonnez-vous à notre chaîne !"
    assert (first.title, first.url, first.outlet) == ("Un & deux gras", "https://news.example/a/1", "news.example")
    assert first.id.endswith(":17") and first.published == "2026-11-24T08:00:00+00:00"
    assert (second.id, second.outlet, second.published) == ("https://www.other.example/2", "other.example", None)
    assert third == Skip(f"{tmp_path / 'f'}#https://news.example/3", "the item has no text; --fetch gets its page")


@pytest.mark.parametrize(
    ("content", "ident", "title"), [(ATOM, "tag:x,2026:1", "A b"), (RDF, "https://r.example/1", "RDF"), (RSS_091, "", "Old")]
)
def test_atom_rdf_and_old_rss(tmp_path: Path, content: str, ident: str, title: str) -> None:
    (found,) = read(tmp_path, content, "feed.xml")
    assert isinstance(found, Article) and found.title == title and found.text.startswith(BODY)
    assert found.id == ident or (not ident and len(found.id.rpartition(":")[2]) == 16)


@pytest.mark.parametrize("name", ["feed.json", "feed", "feed.xml"])
def test_json_feed(tmp_path: Path, name: str) -> None:
    for content in (json.dumps(JSON_FEED), json.dumps(JSON_FEED, indent=1)):
        skip, first, second, empty = read(tmp_path, content, name)
        assert isinstance(skip, Skip) and isinstance(empty, Skip)
        assert (first.text, first.id, first.outlet, first.published) == (f"{BODY}\nFin.", f"{tmp_path / name}:1", "j.example", "2026-11-24")
        assert second.text == BODY


def test_declared_and_wrong_charsets(tmp_path: Path) -> None:
    russian = RSS_091.replace(BODY, "Совет принял бюджет города")
    declared = ('<?xml version="1.0" encoding="windows-1251"?>' + russian).encode("cp1251")
    for raw in (declared, russian.encode("utf-16"), russian.encode("utf-8-sig")):
        (found,) = read(tmp_path, raw, "feed.xml")
        assert found.text == "Совет принял бюджет города"
    wrong = ('<?xml version="1.0" encoding="utf-8"?>' + russian).encode("cp1251")
    article, note = read(tmp_path, wrong, "feed.xml")
    assert article.text == "Совет принял бюджет города" and "read as cp1251" in note.reason
    (article,) = read(tmp_path, wrong, "feed.xml", encoding="windows-1251")
    assert article.text == "Совет принял бюджет города"


def test_broken_xml_gives_the_items_before_and_a_skip(tmp_path: Path) -> None:
    *items, last = read(tmp_path, RSS[: RSS.index("Sans texte")])
    assert len(items) >= 2 and isinstance(last, Skip) and "broken XML" in last.reason


def test_entity_bombs_and_external_entities_give_nothing(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss version="2.0"><channel><item><title>&l11;</title></item></channel></rss>'
    secret = tmp_path / "secret"
    secret.write_text("do not read me")
    external = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e SYSTEM "file://{secret}">]>' + RSS_091.replace(BODY, "&e; et plus")
    for content in (bomb, external):
        try:
            found = read(tmp_path, content, "feed.xml")
        except InputError:
            continue
        assert not any("do not read" in str(f) or "hahaha" in str(f) for f in found)


def test_a_body_that_is_a_path_or_an_address_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "real.xml").write_text(RSS)
    with pytest.raises(InputError, match="is no feed"):
        read(tmp_path, str(tmp_path / "real.xml"), "body.xml")


def test_following_gives_links_instead_of_texts(tmp_path: Path) -> None:
    (tmp_path / "f.xml").write_text(RSS)
    found = list(readers.items(str(tmp_path / "f.xml"), ReadOptions(follow=True)))
    assert [f.url for f in found if isinstance(f, Link)] == ["https://news.example/a/1", "https://www.other.example/2", "https://news.example/3"]


def test_a_bare_number_is_no_id_across_feeds() -> None:
    row = {"id": "17", "url": "", "title": "", "text": ""}
    assert feeds.identity(row, "https://a.example/feed") == "a.example:17"
    assert feeds.identity(row, "https://b.example/feed") == "b.example:17"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(RSS)), st.binary(max_size=12))
def test_any_damage_to_a_feed_gives_items_skips_or_an_error(at: int, junk: bytes) -> None:
    raw = RSS.encode()
    try:
        for found in feeds.read_feed("f", iter([raw[:at] + junk + raw[at + len(junk) :]]), ReadOptions()):
            assert isinstance(found, Article | Skip)
    except InputError:
        pass


def test_parsing_itself() -> None:
    found = feeds.parse(RSS.encode(), "https://news.example/feed", "application/xml")
    assert [row["title"] for row in found["rows"]] == ["Un & deux gras", "Sans date", "Sans texte"] and not found["broken"]
    assert "broken XML behind item" in feeds.parse(RSS[:-60].encode(), "", "application/xml")["broken"]
    assert feeds.parse(b"", fragments=["plain", "<p>a</p><p>b &amp; c</p>", "<!-- -->", ""]) == ["plain", "a\nb & c", "", ""]
    assert [feeds._web(url) for url in ("javascript:alert(1)", "http://[x", "https://a.example")] == ["", "", "https://a.example"]
    assert feeds._iso((10**9,) * 9) == ""
    with pytest.raises(InputError, match="is no feed"):
        feeds.parse(b"<html/>", "", "application/xml")
    wrong = ('<?xml version="1.0" encoding="utf-8"?>' + RSS_091.replace(BODY, "Совет принял бюджет города")).encode("cp1251")
    assert "read as cp1251" in feeds.parse(wrong, "", "application/xml")["broken"]
