"""Coverage-guided fuzzing of the readers, the model loader and `score`. Needs atheris (pip install atheris); not part of the test suite.

usage: python tests/fuzz/fuzz.py TARGET [CORPUS_FOLDER] [-max_total_time=600] [other options of libFuzzer]

TARGET: a reader's format (text, html, jsonl, ...), `loader` or `score`. What is found is a crash file in the working directory: make it a
regression case in tests/test_hostile.py. Parsers of the sandbox run in this process, so that their branches are seen.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["framing"]):
    import framing
    from framing.bundle import Table, read_manifest
    from framing.cues import heads
    from framing.inputs import feeds, listings, pages, readers, sandbox
    from framing.schema import Article, FramingError, InputError, Skip

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
from tests.test_bundle import small
from tests.test_hostile import SEEDS

MODULES = {"feeds": feeds, "listings": listings, "pages": pages}


def in_process(module: str, where: str, raw: bytes, **about: object) -> object:
    """The sandbox without its child. Its JSON is kept: what does not survive it is a finding."""
    answer = sandbox._answer({"module": module, "about": about}, raw)
    if "found" not in answer:
        raise InputError(where, answer.get("refused") or "lacks a module")
    return answer["found"]


def reader(name: str, path: Path) -> Callable[[bytes], None]:
    def one(raw: bytes) -> None:
        path.write_bytes(raw)
        try:
            for found in readers.read(str(path), readers.ReadOptions(name)):
                assert isinstance(found, Article | Skip)
        except InputError:
            pass

    return one


def loader(folder: Path, seeds: Path) -> Callable[[bytes], None]:
    """The first byte says which file; a table is given a digest that fits, so that the checks behind it are reached."""
    from hashlib import sha256

    small(folder)
    files = ("model.json", "title.table", "word.table")
    for number, name in enumerate(files):  # seeds: what is whole, to be broken
        (seeds / name).write_bytes(bytes([number]) + (folder / name).read_bytes())

    def one(raw: bytes) -> None:
        name, content = files[raw[:1][0] % 3 if raw else 0], raw[1:]
        (folder / name).write_bytes(content)
        try:
            if name == "model.json":
                read_manifest(folder)
            else:
                table = Table(folder / name, sha256(content).hexdigest(), len(heads(name.removesuffix(".table"))))
                if (row := table.row("w:canal")) >= 0:
                    table.vector(row)
        except FramingError:
            pass

    return one


def score() -> Callable[[bytes], None]:
    model = framing.load()

    def one(raw: bytes) -> None:
        given = atheris.FuzzedDataProvider(raw)
        title = given.ConsumeUnicode(40) or None
        language = given.PickValueInList([None, "fr", "ru", "en", "de"])
        article = Article("a", given.ConsumeUnicode(2000), title, language=language)
        record = model.score_one(article)
        for each in record.evidence:
            assert each.quote == article.field(each.field)[each.start : each.end]

    return one


def main() -> None:
    target = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    folder = Path(tempfile.mkdtemp(prefix="framing-fuzz-"))
    seeds = folder / "seeds"
    seeds.mkdir()
    sandbox.parse = in_process
    if target in SEEDS:
        (seeds / target).write_bytes(SEEDS[target])
        one = reader(target, folder / "x")
    elif target == "loader":
        one = loader(folder, seeds)
    elif target == "score":
        one = score()
    else:
        sys.exit(__doc__)
    sys.argv.insert(1, str(seeds))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
