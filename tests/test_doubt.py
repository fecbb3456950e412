from words import binary

from framing import tasks
from framing.doubt import doubtful
from framing.heads import Setting
from framing.tasks import TaskConfig

CONFIG = TaskConfig(settings=(Setting(3.0),), folds=4)


def test_flipped_labels_lead_the_list() -> None:
    """60 new labels of which 30 % are flipped, beside 200 good ones: at least 60 % of the 20 most doubtful are flipped ones."""
    new, flipped = binary(60, seed=1, flipped=18), {f"f1:{k + 1}" for k in range(18)}
    given = tasks.examples([*binary(200), *new])
    rows = [k for k, place in enumerate(given.places) if place.startswith("f1:")]
    found = doubtful(given, CONFIG, 20, rows)
    assert len(found) == 20 and sum(d.place in flipped for d in found) >= 12


def test_flipped_labels_lead_even_without_good_ones() -> None:
    given = tasks.examples(binary(150, seed=1, flipped=45))
    assert sum(int(d.place[3:]) <= 45 for d in doubtful(given, CONFIG, 20)) >= 12


def test_a_doubt_says_what_and_where() -> None:
    found = doubtful(tasks.examples(binary(60, flipped=1)), CONFIG, 1)[0]
    assert found.place == "f0:1" and str(found).startswith("f0:1: article a0 has")
