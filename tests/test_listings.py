from pathlib import Path

import pytest

from framing.inputs import listings, readers
from framing.inputs.readers import ReadOptions
from framing.inputs.rows import Link
from framing.schema import InputError, Skip

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://www.s.example/1</loc><news:news><news:publication>
 <news:name>S</news:name><news:language>fr</news:language></news:publication><news:publication_date>2026-11-24</news:publication_date>
 <news:title>Le vote</news:title></news:news></url><url><loc>javascript:alert(1)</loc></url></urlset>"""
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://s.example/m.xml</loc></sitemap></sitemapindex>'
OPML = '<opml version="2.0"><body><outline text="A"><outline type="rss" xmlUrl="https://f.example/rss"/></outline><outline text="B"/></body></opml>'


def items(tmp_path: Path, name: str, content: str) -> list:
    (tmp_path / name).write_text(content)
    return list(readers.items(str(tmp_path / name), ReadOptions()))


def test_a_news_sitemap_gives_pages_with_what_it_says_of_them(tmp_path: Path) -> None:
    page, wrong = items(tmp_path, "m.xml", SITEMAP)
    assert (page.url, page.title, page.published, page.outlet, page.listing) == ("https://www.s.example/1", "Le vote", "2026-11-24", "s.example", False)
    assert isinstance(wrong, Skip) and wrong.reason == "is no http or https address"


@pytest.mark.parametrize(("name", "content", "url"), [("i.xml", INDEX, "https://s.example/m.xml"), ("o.opml", OPML, "https://f.example/rss")])
def test_sitemap_indexes_and_opml_give_listings(tmp_path: Path, name: str, content: str, url: str) -> None:
    (found,) = items(tmp_path, name, content)
    assert isinstance(found, Link) and found.listing and found.url == url


def test_a_list_of_addresses_is_told_from_a_text(tmp_path: Path) -> None:
    found = items(tmp_path, "l.txt", "# mine\nhttps://a.example/1\n\n https://b.example/2 \nftp://c.example/\n".replace("ftp", "https"))
    assert [f.url for f in found] == ["https://a.example/1", "https://b.example/2", "https://c.example/"]
    (text,) = items(tmp_path, "t.txt", "https://a.example/1\nUn article sur une adresse.")
    assert not isinstance(text, Link)
    assert isinstance(items(tmp_path, "l.urls", "file:///etc/passwd")[0], Skip)


def test_addresses_are_not_followed_unasked(tmp_path: Path) -> None:
    (tmp_path / "l.urls").write_text("https://a.example/1")
    (found,) = readers.read(str(tmp_path / "l.urls"), ReadOptions())
    assert isinstance(found, Skip) and "--fetch" in found.reason
    with pytest.raises(InputError, match="framing batch"):
        list(readers.read("https://a.example/1", ReadOptions()))


@pytest.mark.parametrize("content", ["<opml><body>", "<other/>", ""])
def test_a_broken_listing_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError):
        items(tmp_path, "o.opml", content)


def test_parsing_itself() -> None:
    page, wrong = listings.parse(SITEMAP.encode())
    assert page == {"url": "https://www.s.example/1", "title": "Le vote", "published": "2026-11-24", "listing": False}
    assert wrong["url"].startswith("javascript:")
    assert listings.parse(INDEX.encode()) == [{"url": "https://s.example/m.xml", "title": "", "published": "", "listing": True}]
    assert [row["url"] for row in listings.parse(OPML.encode())] == ["https://f.example/rss"]
    for broken in (b"<opml>", b"<other/>"):
        with pytest.raises(InputError):
            listings.parse(broken)
