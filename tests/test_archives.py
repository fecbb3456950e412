import gzip
import io
from pathlib import Path

import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from framing.inputs import readers
from framing.inputs.archives import charset_of
from framing.inputs.readers import ReadOptions
from framing.schema import Article, InputError, Skip

PAGE = "<html><head><title>Le vote</title></head><body><p>Le conseil a voté le budget après un long débat.</p></body></html>"


def record(writer: WARCWriter, url: str, body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str) -> None:
    lines = [("Content-Type", kind), *((k.replace("_", "-"), v) for k, v in headers.items())]
    http = StatusAndHeaders(status, lines, protocol="HTTP/1.1")
    writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=http))


def warc() -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "test"}))
    record(writer, "https://www.a.example/1", PAGE.encode())
    record(writer, "https://a.example/i.png", b"\x89PNG", "image/png")
    record(writer, "https://a.example/404", PAGE.encode(), status="404 Not Found")
    record(writer, "https://a.example/2", gzip.compress(PAGE.encode()), Content_Encoding="gzip")
    record(writer, "https://a.example/3", PAGE.encode("latin-1"), "text/html; charset=ISO-8859-1")
    return out.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_the_html_responses_of_an_archive_are_articles(tmp_path: Path, pack) -> None:
    (tmp_path / "crawl").write_bytes(pack(warc()))
    found = list(readers.read(str(tmp_path / "crawl"), ReadOptions()))
    assert [f.id for f in found] == ["https://www.a.example/1", "https://a.example/2", "https://a.example/3"]
    assert all(isinstance(f, Article) and "voté le budget" in f.text and f.outlet == "a.example" for f in found)


def test_a_cut_archive_keeps_what_stands_before_the_cut(tmp_path: Path) -> None:
    (tmp_path / "crawl.warc").write_bytes(warc()[:-60])
    *whole, cut = readers.read(str(tmp_path / "crawl.warc"), ReadOptions())
    assert len(whole) == 2 and isinstance(cut, Skip) and "before its declared length" in cut.reason


@pytest.mark.parametrize("content", [b"garbage " * 200, b"WARC/1.0\r\nx", b"", b"WARC/1.0\r\nContent-Length: zz\r\n\r\nabc"])
def test_what_is_no_archive_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "crawl.warc").write_bytes(content)
    with pytest.raises(InputError):
        list(readers.read(str(tmp_path / "crawl.warc"), ReadOptions()))


def test_charsets_are_known_ones_or_none() -> None:
    assert [charset_of(v) for v in ("text/html", "a; charset=x-none", 'a; charset="UTF-8"')] == ["", "", "utf-8"]
