"""Documents in an object store: S3 and what speaks like it, Google Cloud Storage, Azure.

Addresses and credentials come from the variables that every program of that ecosystem reads: AWS_ENDPOINT,
AWS_ACCESS_KEY_ID, GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_ACCOUNT_NAME and their like.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from searcher.away import allowing_http, reason_of
from searcher.errors import SearcherError, SettingsError

SCHEMES = ("s3://", "gs://", "az://")
ENDPOINTS = ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AZURE_STORAGE_ENDPOINT")
_PARTS = 4 << 20  # bytes


class StoreAway(SearcherError):
    """Nothing can be asked of a store; the message ends with what to do."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """`name` is its key below the address that was listed, `tag` differs with the content."""

    name: str
    size: int
    mtime_ns: int
    tag: str


def is_address(path: str | os.PathLike[str]) -> bool:
    """Whether a path, be it stored in the index, is no file's but an object's."""
    return os.fspath(path).startswith(SCHEMES)


def container(address: str) -> str:
    """The bucket's own address."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


@lru_cache(maxsize=32)
def opened(address: str) -> Any:
    """obstore's view of what lies below an address. Raises SettingsError where obstore is not installed."""
    try:
        from obstore import store
    except ImportError as error:
        raise SettingsError(
            f"{address} is in an object store, which needs one more package; run `pip install obstore`"
        ) from error
    scheme, _, rest = address.partition("://")
    bucket, _, prefix = rest.partition("/")
    kind: Any = {"s3": store.S3Store, "gs": store.GCSStore, "az": store.AzureStore}[scheme]
    for name in ENDPOINTS:
        if (server := os.environ.get(name)) and not server.lower().startswith(("http://", "https://")):
            raise SettingsError(f"{name} is {server!r}; it must begin with http:// or https://")
    http = os.environ.get(allowing_http(scheme), "").lower() in ("1", "true")
    return kind(
        bucket,
        prefix=prefix or None,
        client_options={"connect_timeout": "4s", "timeout": "60s", "allow_http": http},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=15)},
    )


def listed(address: str) -> Iterator[StoredObject]:
    """Every object below an address, in order of names. Raises StoreAway, SettingsError."""
    import obstore
    from obstore.exceptions import BaseError

    try:
        for part in obstore.list(opened(address)):
            for each in part:
                changed = each["last_modified"].timestamp()
                tag = each["e_tag"] or each["version"] or ""
                yield StoredObject(each["path"], each["size"], int(changed * 1e9), tag)
    except (BaseError, FileNotFoundError, ValueError) as error:  # the last for a key that is no path to it
        raise StoreAway(f"{address} cannot be listed: {reason_of(error)}") from error


def content(address: str, name: str, most: int) -> bytes:
    """What an object holds, read no further than one byte more than `most`. Raises FileNotFoundError for one
    that is gone, PermissionError for one that may not be read, StoreAway."""
    import obstore
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    data = bytearray()
    try:
        for part in obstore.get(opened(address), name).stream(min_chunk_size=_PARTS):
            data += part
            if len(data) > most:
                break
    except FileNotFoundError:
        raise
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise PermissionError(13, "access is denied") from error
    except BaseError as error:
        raise StoreAway(reason_of(error)) from error
    return bytes(data)
