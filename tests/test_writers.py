import csv
import io
import sys
from pathlib import Path

import pytest

from framing.batches import writers
from framing.batches.writers import Cluster, Row
from framing.cues import CUE_IDS
from framing.schema import FramingError, MissingExtra, ModelId, Record

ROW = Row(
    Record("=1+1", None, "@outlet", "+title", "fr", dict.fromkeys(CUE_IDS, 0.5), (), (), ModelId("m", "1", "0")), "-1", Cluster("=2", 2, None, ("o",))
)


def test_cells_of_a_csv_are_no_formulas(tmp_path: Path) -> None:
    writers.write_csv(tmp_path / "a.csv", iter([ROW]))
    (row,) = csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text()))
    assert (row["id"], row["outlet"], row["title"], row["published"], row["cluster"], row["cluster_size"]) == ("'=1+1", "'@outlet", "'+title", "'-1", "'=2", "2")


def test_many_rows_become_several_row_groups(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    writers.write_parquet(tmp_path / "a.parquet", iter([ROW] * (2 * writers.ROWS + 1)))
    table = pq.ParquetFile(tmp_path / "a.parquet")
    assert table.num_row_groups == 3 and table.metadata.num_rows == 2 * writers.ROWS + 1


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"framing\[parquet\]"):
        writers.write_parquet(tmp_path / "a.parquet", iter([]))


def test_the_suffix_names_the_format() -> None:
    assert [writers.format_of(Path(n)) for n in ("a.jsonl", "a.CSV", "a.pq", "a.sqlite3")] == ["jsonl", "csv", "parquet", "sqlite"]
    with pytest.raises(FramingError, match="no suffix"):
        writers.format_of(Path("a.xlsx"))
