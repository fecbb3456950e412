import numpy as np

from framing.tasks.spantask import token_f1


def test_a_telling_word_and_its_stretch_are_found() -> None:
    random, rows = np.random.default_rng(0), []
    for _ in range(80):
        words = random.choice(["mot", "deux", "trois", "quatre", "cinq"], 20).tolist()
        words[5:8] = ["zaragun", "zorbek", "zut"]
        start = len(" ".join(words[:5])) + 1
        rows.append({"text": " ".join(words), "labels": {"trigger_spans": [[start, start + 18]]}})
    value, n = token_f1(rows, 1)
    assert n == 80 and value.value > 0.95 and value.low <= value.value <= value.high
