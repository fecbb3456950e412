import hashlib
import io
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from test_bundle import small

import framing
from framing.candidates import candidates
from framing.features import occurrences
from framing.schema import Article, OutputError
from framing.training import export


@pytest.mark.parametrize("form", export.FORMATS)
def test_exported_heads_give_the_margins_of_the_bundle(tmp_path: Path, form: str) -> None:
    model = framing.load(small(tmp_path))
    raw = export.packed(model, form)
    found = joblib.load(io.BytesIO(raw)) if form == "joblib" else skops.io.loads(raw, trusted=skops.io.get_untrusted_types(data=raw))
    judged = candidates(Article("a", "Rejoignez notre canal Telegram !"), "fr", model.lexicon)["sentence"]
    features = found["sentence"]["vectorizer"].transform([[o.feature for o in occurrences(c)] for c in judged])
    for number, cue in enumerate(model.panels["sentence"].heads):
        margins = found["sentence"]["heads"][cue].decision_function(features)
        assert np.allclose(margins, [model.panels["sentence"].margins(c)[number] for c in judged], atol=1e-6)


def test_a_bundle_whose_names_do_not_fit_is_not_exported(tmp_path: Path) -> None:
    model = framing.load(small(tmp_path))
    (tmp_path / "title.features.txt").write_text("w:one\n")
    with pytest.raises(framing.FramingError, match="does not match its digest"):
        export.packed(model, "joblib")
    other = hashlib.sha256(b"w:one\n").hexdigest()
    small(tmp_path, lambda body: body["units"]["title"].update(features_sha256=other))
    (tmp_path / "title.features.txt").write_text("w:one\n")
    with pytest.raises(framing.FramingError, match="names 1 features of 'title' and has 3"):
        export.packed(framing.load(tmp_path), "joblib")


def test_an_export_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        export.write(framing.load(small(tmp_path / "m")), "joblib", tmp_path / "missing" / "x.joblib")
