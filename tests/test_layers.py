"""The house's layering: imports only go down."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "framing"
ORDER = [
    ["schema", "cues"], ["text", "bundle", "nearcopies", "labels", "rows", "streams", "sandbox", "disk", "progress", "hosts"],
    ["segment", "language", "evidence", "lexicon", "agreement", "taskfolders", "vectors", "versions", "tables", "archives", "listings", "sketches"],
    ["candidates", "evaluate", "corpora", "imports", "heads", "fetch", "store"], ["features", "lint", "deciding", "snapshot"],
    ["extract", "model", "tasks"], ["learn", "report", "taskmodel", "doubt", "measure", "spantask"],
    ["training", "pages", "evalreport", "benchmark", "writers"], ["card", "feeds"], ["readers"], ["__init__"], ["shards", "compare"],
    ["pool", "merging", "taskcard"], ["batch", "follow"], ["batch_cli", "labels_cli"], ["cli"],
]  # fmt: skip
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}
TRAINING_ONLY = {
    "extract", "learn", "training", "card", "evaluate", "agreement", "vectors", "heads", "deciding", "tasks", "taskmodel", "doubt", "measure",
    "spantask", "evalreport", "benchmark", "compare", "taskcard",
}  # fmt: skip
HEAVY = {"sklearn", "scipy", "numpy", "nltk", "joblib", "pandas"}


def imports(name: str) -> set[str]:
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_every_module_has_its_level() -> None:
    assert {p.stem for p in PACKAGE.glob("*.py")} == set(LEVEL)


def test_imports_only_go_down() -> None:
    for name, level in LEVEL.items():
        for target in imports(name):
            parts = target.split(".")
            if parts[0] == "framing" and len(parts) > 1 and parts[1] in LEVEL:
                assert LEVEL[parts[1]] < level, f"{name} imports {target}"


def test_only_training_imports_the_heavy_libraries() -> None:
    for name in set(LEVEL) - TRAINING_ONLY:
        allowed = {"joblib"} if name == "pool" else set()
        assert not {t.split(".")[0] for t in imports(name)} & (HEAVY - allowed), name


def test_only_the_command_line_prints_or_exits() -> None:
    for name in set(LEVEL) - {"cli"}:
        calls = [n.func for n in ast.walk(ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not [c for c in calls if isinstance(c, ast.Name) and c.id in ("print", "exit", "eval", "exec")], name


def test_no_loading_path_unpickles() -> None:
    for name in LEVEL:
        assert not {t.split(".")[0] for t in imports(name)} & {"pickle", "marshal", "shelve", "dill"}, name
