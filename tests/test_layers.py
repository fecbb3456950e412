"""The house's layering: imports only go down."""

import ast
from configparser import ConfigParser
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "framing"
ORDER = [
    ["schema", "cues", "kernel", "lookalikes"], ["sealed"], ["text", "bundle", "nearcopies", "disk"],
    ["segment", "language", "evidence", "lexicon", "abstain", "evasion", "speech"], ["layout", "view"],
    ["headline"], ["candidates", "speakers", "masks", "profile"], ["features", "sourcing", "framingscore"], ["panel"], ["assess", "combine"],
    ["model"], ["report"], ["__init__"],
    ["inputs.rows", "inputs.streams", "inputs.sandbox", "inputs.hosts"], ["inputs.tables", "inputs.archives", "inputs.listings", "inputs.pages"],
    ["inputs.feeds", "inputs.fetch"], ["inputs.readers", "inputs.snapshot"],
    ["batches.progress", "batches.sketches", "batches.writers"], ["batches.store"], ["batches.shards"], ["batches.pool", "batches.merging"],
    ["batches.batch", "batches.follow"], ["batches.cli"],
    ["outlets.domains", "outlets.shrink", "outlets.trend"], ["outlets.results"], ["outlets.tally"], ["outlets.summary"],
    ["outlets.ratings", "outlets.compare", "outlets.page"], ["outlets.show"], ["outlets.cli"],
    ["training.corpora", "training.evaluate", "training.extract", "training.weights"], ["training.export", "training.lint", "training.scorefit", "training.learn", "training.distance", "training.together", "training.measured"], ["training.train", "training.adapt"], ["training.card"],
    ["tasks.labels", "tasks.vectors", "tasks.versions"], ["tasks.agreement", "tasks.folders", "tasks.heads"], ["tasks.imports", "tasks.deciding"],
    ["tasks.fitting", "tasks.spantask", "tasks.masking"], ["tasks.taskmodel", "tasks.measure", "tasks.doubt", "tasks.cuelabels"], ["tasks.evalreport", "tasks.benchmark", "tasks.compare", "tasks.retrain"],
    ["tasks.taskcard", "tasks.retraincard"], ["tasks.cli", "tasks.retraincli"], ["cli"],
]  # fmt: skip
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}
HEAVY = {"sklearn", "scipy", "numpy", "nltk", "joblib", "pandas"}


def parsed(name: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))


def imports(name: str) -> set[str]:
    tree = parsed(name)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def parents(target: str) -> list[str]:
    """The names of modules that `framing.a.b.c` may be: a.b.c, a.b, a."""
    parts = target.split(".")
    return [".".join(parts[1:end]) for end in range(len(parts), 1, -1)] if parts[0] == "framing" else []


def test_every_module_has_its_level() -> None:
    found = {p.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".") for p in PACKAGE.rglob("*.py")}
    assert {name for name in found if not name.endswith(".__init__")} == set(LEVEL)


def test_imports_only_go_down() -> None:
    for name, level in LEVEL.items():
        for target in imports(name):
            module = next((m for m in parents(target) if m in LEVEL), None)
            assert module is None or LEVEL[module] < level, f"{name} imports {target}"


def test_scoring_imports_no_heavy_libraries() -> None:
    for name in LEVEL:
        if name.startswith(("training.", "tasks.", "outlets.")):
            continue
        allowed = {"joblib"} if name == "batches.pool" else set()
        assert not {t.split(".")[0] for t in imports(name)} & (HEAVY - allowed), name


def test_only_the_command_line_prints_or_exits() -> None:
    for name in set(LEVEL) - {"cli"}:
        calls = [n.func for n in ast.walk(parsed(name)) if isinstance(n, ast.Call)]
        assert not [c for c in calls if isinstance(c, ast.Name) and c.id in ("print", "exit", "eval", "exec")], name


def test_no_loading_path_unpickles() -> None:
    for name in LEVEL:
        assert not {t.split(".")[0] for t in imports(name)} & {"pickle", "marshal", "shelve", "dill"}, name


def test_every_requirement_has_a_lower_and_an_upper_bound() -> None:
    config = ConfigParser()
    config.read(PACKAGE.parent / "setup.cfg")
    given = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    wanted = [line for block in given for line in block.split("\n") if line and not line.startswith("framing[")]
    assert len(wanted) > 20
    assert not [line for line in wanted if ">=" not in line or ",<" not in line]
