import gzip
import io
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing.inputs import readers, tables
from framing.inputs.readers import ReadOptions
from framing.schema import Article, InputError, Skip


def read(path: Path, **options: object) -> list:
    return list(readers.read(str(path), ReadOptions(**options)))


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv.gz", ",")])
def test_csv_rows_become_articles_and_bad_ones_skips(tmp_path: Path, name: str, mark: str) -> None:
    rows = [["id", "Text", "title", "outlet"], ["1", '"un texte\nde deux lignes"', "T", "o"], ["2", "texte", "trop", "de", "cellules"], ["3", "", "", ""], ["4", "un texte", "", ""]]
    raw = "\n".join(mark.join(row) for row in rows).encode()
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith("gz") else raw)
    first, many, empty, last = read(tmp_path / name)
    assert first.text == "un texte\nde deux lignes" and (first.id, first.title, first.outlet) == ("1", "T", "o")
    assert isinstance(many, Skip) and many.where.endswith(":4") and "5 cells" in many.reason
    assert isinstance(empty, Skip) and last == Article("4", "un texte")


def test_csv_encodings(tmp_path: Path) -> None:
    text = "text,title\nПривет мир,Т\n"
    for raw, options in ((text.encode("utf-8-sig"), {}), (text.encode("utf-16"), {}), (text.encode("cp1251"), {"encoding": "cp1251"})):
        (tmp_path / "a.csv").write_bytes(raw)
        assert read(tmp_path / "a.csv", **options)[0].text == "Привет мир"
    (tmp_path / "a.csv").write_bytes("text\nбайты\n".encode("cp1251") + b"un texte\n")
    wrong, right = read(tmp_path / "a.csv")
    assert isinstance(wrong, Skip) and "another encoding" in wrong.reason and isinstance(right, Article)


@pytest.mark.parametrize("cut", [b"\xfe\xff\n", "text\nun texte\nencore".encode("utf-16")[:-1]])
def test_utf16_csv_cut_in_the_middle_of_a_character(tmp_path: Path, cut: bytes) -> None:  # found by the fuzzer
    (tmp_path / "a.csv").write_bytes(cut)
    try:
        whole, half = read(tmp_path / "a.csv")
    except InputError as problem:
        assert "no column 'text'" in str(problem) and len(cut) == 3
    else:
        assert whole.text == "un texte" and isinstance(half, Skip) and "another encoding" in half.reason


def test_half_of_a_surrogate_pair_in_a_utf16_csv_is_one_skip(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("text\nun mot \ud800 perdu\nun texte\n".encode("utf-16", "surrogatepass"))
    broken, right = read(tmp_path / "a.csv")
    assert isinstance(broken, Skip) and "another encoding" in broken.reason and right.text == "un texte"


def test_csv_without_a_text_column_or_with_an_endless_cell(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no column 'text'"):
        read(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_bytes(b"text,b\r1,2\n")
    with pytest.raises(InputError, match="no valid first row"):
        read(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text('text\n"' + "x" * (3 * tables.MAX_LINE // 2) + "\nun texte\n")
    *skips, last = read(tmp_path / "b.csv")
    assert all(isinstance(f, Skip) for f in skips) and last.text == "un texte"


def test_parquet_from_a_file_and_from_a_compressed_stream(tmp_path: Path) -> None:
    columns = {"id": [1, 2, 3], "maintext": ["un texte", None, "encore un"], "date_publish": [datetime(2026, 11, 24)] * 3, "other": [1.5] * 3}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=2)
    (tmp_path / "b.parquet.gz").write_bytes(gzip.compress((tmp_path / "a.parquet").read_bytes()))
    for name in ("a.parquet", "b.parquet.gz"):
        first, empty, last = read(tmp_path / name)
        assert (first.id, first.text, first.published) == ("1", "un texte", "2026-11-24T00:00:00")
        assert isinstance(empty, Skip) and empty.where.endswith(":2") and last.id == "3"


def test_unreadable_parquet_is_an_error(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["un texte"] * 9}), tmp_path / "a.parquet")
    raw = (tmp_path / "a.parquet").read_bytes()
    other, bomb = io.BytesIO(), io.BytesIO()
    pq.write_table(pa.table({"b": [1]}), other)
    pq.write_table(pa.table({"text": ["x" * 1_000_000] * 200}), bomb, compression="zstd", use_dictionary=False)
    for broken, says in ((raw[:-9], "no readable"), (b"PAR1" + bytes(90) + b"PAR1", "no readable"), (other.getvalue(), "no column"), (bomb.getvalue(), "expands")):
        (tmp_path / "b.parquet").write_bytes(broken)
        with pytest.raises(InputError, match=says):
            read(tmp_path / "b.parquet")
