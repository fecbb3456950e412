"""The outlet of an article: its registered domain by the public suffix list, or its channel on a shared platform."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from framing.schema import MissingExtra

UNKNOWN = "(unknown)"
# Many outlets, one domain: there the first part of the path is the outlet.
PLATFORMS = frozenset(
    ("t.me", "telegram.me", "vk.com", "youtube.com", "facebook.com", "instagram.com", "twitter.com", "x.com", "medium.com", "tiktok.com",
     "dzen.ru", "ok.ru", "rumble.com", "odysee.com")
)  # fmt: skip


@lru_cache(maxsize=1)
def _extract() -> Any:
    try:
        from tldextract import TLDExtract
    except ImportError as problem:
        raise MissingExtra("outlets", "outlets") from problem
    # The list that comes with the package: no network, no cache on the disk.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=1 << 16)
def outlet_of(outlet: str | None, url: str | None) -> str:
    """The name that an article is counted under: of its address, else of the outlet as given.

    >>> outlet_of("BBC", "https://www.bbc.co.uk/news/1"), outlet_of("t.me/Some Channel", None), outlet_of("The Herald", None)
    ('bbc.co.uk', 't.me/Some Channel', 'The Herald')
    """
    for given in (url, outlet):
        found = domain(given or "")
        if found:
            return found
    return (outlet or "").strip() or UNKNOWN


def domain(address: str) -> str:
    """The registered domain of an address or host, with the channel on a shared platform; `""` where there is none."""
    text = address.strip()
    if not text or (" " in text and "/" not in text):
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    found = _registered(host)
    channel = unquote(parts.path).strip("/").split("/")[0]
    return f"{found}/{channel}" if found in PLATFORMS and channel else found


def _registered(host: str) -> str:
    """The registered domain of a host. An ending that the list does not have counts as one label, as the list's rules say."""
    parts = _extract()(host)
    if parts.suffix or not parts.domain:
        return str(parts.top_domain_under_public_suffix).casefold()
    labels = host.strip(".").casefold().split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 and not parts.ipv4 and labels[-1].isalpha() else ""
