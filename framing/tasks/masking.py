"""Texts without what gives their outlet away: its names, datelines and furniture. What is still learnt from them stands in the story."""

from __future__ import annotations

from dataclasses import replace

import framing
from framing import masks
from framing.model import Model
from framing.schema import Article
from framing.tasks.deciding import Examples
from framing.view import view


def masked(given: Examples) -> Examples:
    """The examples with blanks for outlet names, datelines and the furniture that the shipped model finds."""
    model = framing.load()
    return replace(given, texts=tuple(mask(text, article, model) for text, article in zip(given.texts, given.articles)))


def mask(text: str, article: Article, model: Model) -> str:
    """A text of an article, of the same length, with blanks in place of what names its outlet and of its furniture."""
    seen = Article(article.id, text, language=article.language)
    body = view(seen, "text", article.language or "", model.lexicon)
    named = masks.masked_tokens(body, masks.outlet_names(article))
    spans = [(body.tokens.starts[k], body.tokens.ends[k]) for k in named]
    spans += masks.furniture(seen, model.score_one(seen).evidence)
    found = list(text)
    for start, end in spans:
        found[start:end] = " " * (end - start)
    return "".join(found)
