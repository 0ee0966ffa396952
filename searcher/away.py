"""What errors of an object store mean: LanceDB and obstore give them as the text of one library, which both
are built on."""

from __future__ import annotations

import re

from searcher.errors import IndexUnreachable

_STORE = re.compile(
    r"Generic (?:S3|GCS|MicrosoftAzure)|store: \"(?:S3|GCS|MicrosoftAzure)\"|RetryError|reqwest::Error"
)
_DENIED = re.compile(
    r"lacked the necessary privileges|[Ss]tatus: ?40[13]|\b40[13] (?:Forbidden|Unauthorized)"
)
_GONE = re.compile(r"status: 404|404 Not Found|NoSuchKey")  # an object; what that means is another question
_BUCKET = re.compile(r"NoSuchBucket|ContainerNotFound|The specified bucket does not exist")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_CREDENTIALS = re.compile(r"169\.254\.169\.254|metadata\.google|CredentialsNot|no credentials")
_REASONS = (  # the first that stands in the text
    (re.compile(r"Connection refused|ConnectionRefused"), "nobody answers there"),
    (re.compile(r"dns error|failed to lookup address|Name or service not known"), "its name is not known"),
    (re.compile(r"timed? ?out|TimedOut|Timeout"), "no answer in time"),
    (re.compile(r"[Cc]onnection (?:closed|reset)|IncompleteMessage|ConnectionReset"), "the connection broke"),
    (re.compile(r"[Ss]tatus: ?404|404 Not Found"), "what answers there is no object store with that bucket"),
    (re.compile(r"BadScheme"), "it is no https address; AWS_ALLOW_HTTP=true allows it"),
    (re.compile(r"[Ss]tatus: ?5\d\d|\b5\d\d [A-Z]"), "it is not working at the moment"),
)
_ATTEMPTS = re.compile(r"\b(?:retry_timeout|max_retries|retries|elapsed): [^,}]*")  # said of any error
_HOST = re.compile(r"https?://[^/\s),]+")


def is_away(error: Exception) -> bool:
    """Whether a store could not be asked, or did not let us in: nothing is known of what lies there."""
    text = str(error)
    if _BUCKET.search(text) or "ListRequest" in text or (_DENIED.search(text) and "<Error>" in text):
        return True
    return bool(_STORE.search(text)) and not _GONE.search(text)


def unreachable(error: Exception, address: str = "") -> IndexUnreachable:
    """The error to show for one that `is_away`."""
    text = _ATTEMPTS.sub("", str(error))
    host = _HOST.search(text)
    where = address or "its object store"
    at = f" at {host[0]}" if host else ""
    if _CREDENTIALS.search(text):
        reason, remedy = "no credentials were found", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    elif _BUCKET.search(text):
        reason, remedy = f"there is no such bucket{at}", "make it, or correct the setting index"
    elif _DENIED.search(text):
        code = _CODE.search(text)
        reason = f"access is denied{at}{f' ({code[1]})' if code else ''}"
        remedy = "check the credentials in the environment"
    else:
        known = next((meaning for pattern, meaning in _REASONS if pattern.search(text)), "")
        reason = (known or " ".join(text.split())[:120]) + at
        remedy = "check the network; nothing there is lost by it"
    return IndexUnreachable(f"the index in {where} is not reachable: {reason}; {remedy}")
