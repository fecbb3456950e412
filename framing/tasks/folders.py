"""Labels from the folders of shared tasks: SemEval-2019 T4 (hyperpartisan XML), 2020 T11, 2023 T3, 2025 T10.

Their texts have the title in the first line. Offsets are code points; those of 2025 T10 have an inclusive end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from framing.schema import Article, CorpusError
from framing.tasks.labels import Mark, check_span, lines, word

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_FILE = 20_000_000  # bytes of one text
_TEXT_2020 = re.compile(r"article(\w+)\.txt")
_REMEDY = "unpack the task's archive without renaming its files"


def tell(path: Path) -> str:
    """Which task a folder belongs to, by the names of its files."""
    for name, patterns in _TRACES.items():
        if any(next(path.glob(p), None) for p in patterns):
            return name
    raise CorpusError(path, "is no folder of a known task", f"known: {', '.join(_TRACES)}; files go in one by one")


def _rows(path: Path, columns: int) -> Iterator[tuple[str, list[str]]]:
    """The tab-separated rows of a label file; more columns than asked for are kept."""
    for place, raw in lines(path):
        try:
            cells = raw.decode("utf-8").rstrip("\r\n").split("\t")
        except UnicodeDecodeError as problem:
            raise CorpusError(place, "is not UTF-8", _REMEDY) from problem
        if len(cells) < columns:
            raise CorpusError(place, f"has {len(cells)} columns, needs {columns}", "columns are separated by tabs")
        yield place, cells


def _text(path: Path, language: str | None, name: str) -> Article:
    try:
        if path.stat().st_size > MAX_FILE:
            raise CorpusError(path, f"has more than {MAX_FILE:,} bytes", _REMEDY)
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise CorpusError(path, f"cannot be read ({problem})", _REMEDY) from problem
    return Article(name, text, text.partition("\n")[0].strip() or None, language=language)


def _whole_number(place: str, cell: str) -> int:
    if not cell.strip().lstrip("-").isdigit():
        raise CorpusError(place, f"'{cell[:20]}' is no whole number", "offsets are code points")
    return int(cell)


def _span(place: str, article: Article, task: str, found: tuple[str, str, str]) -> Mark:
    start, end = _whole_number(place, found[1]), _whole_number(place, found[2])
    check_span(place, article, "text", start, end)
    return Mark(place, article, task, "span", frozenset((found[0],)), None, start, end)


def _lookup(texts: dict[str, Article], place: str, name: str) -> Article:
    if name not in texts:
        raise CorpusError(place, f"names the article '{name}', which has no text", _REMEDY)
    return texts[name]


# --- SemEval-2020 task 11 -------------------------------------------------------------


def semeval2020(path: Path, task: str) -> Iterator[Mark]:
    """`*-articles/article<id>.txt` with `*.task2-TC.labels` (techniques) or, without them, `*.task1-SI.labels` (spans)."""
    texts = {_TEXT_2020.fullmatch(p.name)[1]: p for p in sorted(path.glob("**/article*.txt")) if _TEXT_2020.fullmatch(p.name)}  # type: ignore[index]
    articles = {name: _text(p, "en", name) for name, p in texts.items()}
    techniques = sorted(path.glob("**/*task2-TC.labels")) or sorted(path.glob("**/*task-TC.labels"))
    for file in techniques or sorted(path.glob("**/*task1-SI.labels")):
        yield from _ptc(file, articles, task or ("techniques" if techniques else "propaganda"))


def _ptc(file: Path, articles: dict[str, Article], task: str) -> Iterator[Mark]:
    name, any_row = re.sub(r"^article|\.task.*$", "", file.name), False
    for place, cells in _rows(file, 3):
        any_row = True
        label = cells[1] if len(cells) > 3 else "propaganda"
        yield _span(place, _lookup(articles, place, cells[0]), task, (label, cells[-2], cells[-1]))
    if not any_row and name in articles:
        yield Mark(str(file), articles[name], task, "span", frozenset())


# --- SemEval-2023 task 3 --------------------------------------------------------------

_TASKS_2023 = {"1": "genre", "2": "frames", "3": "techniques"}


def semeval2023(path: Path, task: str) -> Iterator[Mark]:
    """`<lang>/<split>-articles-subtask-<k>/article<id>.txt` with `<split>-labels-subtask-<k>.txt`."""
    for file in sorted(path.glob("**/*-labels-subtask-[123].txt")):
        split, _, number = file.stem.partition("-labels-subtask-")
        name = _TASKS_2023[number]
        if task in ("", name) and not split.startswith("article"):
            yield from _labels2023(file, file.parent / f"{split}-articles-subtask-{number}", name)


def _labels2023(file: Path, folder: Path, task: str) -> Iterator[Mark]:
    language = file.parent.name if len(file.parent.name) == 2 else None
    articles: dict[str, Article] = {}
    for place, cells in _rows(file, 3 if task == "techniques" else 2):
        if cells[0] not in articles:
            articles[cells[0]] = _text(folder / f"article{cells[0]}.txt", language, cells[0])
        article = articles[cells[0]]
        found = frozenset(part.strip() for part in cells[-1].split(",") if part.strip())
        if task == "techniques":
            start, end = _line(place, article, _whole_number(place, cells[1]))
            yield Mark(place, article, task, "paragraph", found, None, start, end)
        else:
            yield Mark(place, article, task, "article", found)


def _line(place: str, article: Article, number: int) -> tuple[int, int]:
    """The span of a text's line, counted from 1."""
    at = 0
    for k, line in enumerate(article.text.split("\n"), 1):
        if k == number and line:
            return at, at + len(line)
        at += len(line) + 1
    raise CorpusError(place, f"names line {number}, which the text does not have", _REMEDY)


# --- SemEval-2025 task 10 -------------------------------------------------------------


def semeval2025(path: Path, task: str) -> Iterator[Mark]:
    """`<LANG>/raw-documents/*.txt` with `subtask-1-annotations.txt` (entity roles) and `subtask-2-…` (narratives)."""
    for file in sorted(path.glob("**/subtask-[12]-annotations.txt")):
        name = "entity_roles" if file.name.startswith("subtask-1") else "narratives"
        if task in ("", name):
            yield from _labels2025(file, name)


def _labels2025(file: Path, task: str) -> Iterator[Mark]:
    folder, language = _documents(file), file.parent.name.lower()
    articles: dict[str, Article] = {}
    for place, cells in _rows(file, 5 if task == "entity_roles" else 2):
        name = Path(cells[0]).name
        if name not in articles:
            articles[name] = _text(folder / name, language if len(language) == 2 else None, name.removesuffix(".txt"))
        if task == "entity_roles":
            inclusive = str(_whole_number(place, cells[3]) + 1)
            yield _span(place, articles[name], task, (cells[4], cells[2], inclusive))
        else:
            found = frozenset(part.strip() for part in cells[1].split(";") if part.strip() and part.strip() != "Other")
            yield Mark(place, articles[name], task, "article", found)


def _documents(file: Path) -> Path:
    found = next((p for p in sorted(file.parent.glob("*documents*")) if p.is_dir()), None)
    if found is None:
        raise CorpusError(file, "has no folder of documents beside it", _REMEDY)
    return found


# --- SemEval-2019 task 4 --------------------------------------------------------------


def hyperpartisan(path: Path, task: str) -> Iterator[Mark]:
    """`articles-*.xml` with `ground-truth-*.xml`; a folder that holds one such pair, or the articles' file of a pair."""
    pairs = [path] if path.is_file() else sorted(path.glob("**/articles-*.xml"))
    if len(pairs) != 1:
        raise CorpusError(path, f"holds {len(pairs)} files articles-*.xml", "name the one to read")
    truth = pairs[0].with_name(pairs[0].name.replace("articles-", "ground-truth-"))
    said = {row.get("id", ""): dict(row.attrib) for row in _elements(truth)}
    for element in _elements(pairs[0]):
        name = element.get("id", "")
        if name not in said:
            raise CorpusError(pairs[0], f"article '{name}' is not in {truth.name}", _REMEDY)
        label, url = said[name].get("hyperpartisan", ""), said[name].get("url", "")
        article = Article(name, _paragraphs(element), element.get("title") or None, url or None, outlet(url), "en",
                          element.get("published-at"))  # fmt: skip
        if article.text or article.title:
            yield Mark(f"{pairs[0]}: article {name}", article, task or "hyperpartisan", "article", frozenset((word(label),)))


def outlet(url: str) -> str | None:
    """The host of an address without `www.`.

    >>> outlet("https://www.example.com/a")
    'example.com'
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def _elements(path: Path) -> Iterator[Element]:
    """The `article` elements of a file; entities, DTDs and addresses are refused."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        for _, element in iterparse(str(path), forbid_dtd=True):
            if element.tag == "article":
                yield element
                element.clear()
    except (OSError, ParseError, DefusedXmlException) as problem:
        raise CorpusError(path, f"cannot be read as XML ({problem})", _REMEDY) from problem


def _paragraphs(element: Element) -> str:
    """The text, a paragraph a line. The corpus escapes its entities twice."""
    from html import unescape

    found: list[str] = [element.text or ""]
    for part in element:
        found += ["".join(part.itertext()), part.tail or ""]
    rows = (" ".join(unescape(row).split()) for row in found)
    return "\n".join(row for row in rows if row)


IMPORTERS: dict[str, Callable[[Path, str], Iterator[Mark]]] = {
    "semeval2020": semeval2020,
    "semeval2023": semeval2023,
    "semeval2025": semeval2025,
    "hyperpartisan": hyperpartisan,
}
_TRACES = {
    "hyperpartisan": ("**/articles-*.xml",),
    "semeval2023": ("**/*-labels-subtask-[123].txt",),
    "semeval2025": ("**/subtask-[12]-annotations.txt",),
    "semeval2020": ("**/*-TC.labels", "**/*-SI.labels"),
}
