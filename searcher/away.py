"""What errors of an object store mean: LanceDB and obstore give them as the text of one library, which both
are built on."""

from __future__ import annotations

import re

from searcher.errors import IndexForbidden, IndexUnreachable

_PREFIXES = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}  # of the variables that a store is found by
_KEYS = {
    "AWS": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "GOOGLE": "GOOGLE_APPLICATION_CREDENTIALS",
    "AZURE": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
_STORE = re.compile(
    r"Generic (?:S3|GCS|MicrosoftAzure)|store: \"(?:S3|GCS|MicrosoftAzure)\"|RetryError|reqwest::Error"
    r"|no storage account configured"
)
_ITS_PREFIX = ((re.compile("MicrosoftAzure|storage account"), "AZURE"), (re.compile("GCS"), "GOOGLE"))
_DENIED = re.compile(
    r"lacked the necessary privileges|[Ss]tatus: ?40[13]|\b40[13] (?:Forbidden|Unauthorized)"
)
_GONE = re.compile(r"status: 404|404 Not Found|NoSuchKey")  # an object; what that means is another question
_BUCKET = re.compile(r"NoSuchBucket|ContainerNotFound|The specified bucket does not exist")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_CREDENTIALS = re.compile(
    r"169\.254\.169\.254|metadata\.google|CredentialsNot|no credentials|Account must be specified"
    r"|no storage account configured"
)
_UNREADABLE = re.compile(r"Invalid Access Key|service account|credential error|Unable to decode")
_UNSURE = re.compile(r"Commit result for version \d+ is unknown")  # the answer to a commit was lost
_HTTPS = re.compile("BadScheme")
_REASONS = (  # the first that stands in the text
    (re.compile(r"Connection refused|ConnectionRefused"), "nobody answers there"),
    (re.compile(r"dns error|failed to lookup address|Name or service not known"), "its name is not known"),
    (re.compile(r"timed? ?out|TimedOut|Timeout"), "no answer in time"),
    (re.compile(r"[Cc]onnection (?:closed|reset)|IncompleteMessage|ConnectionReset"), "the connection broke"),
    (re.compile(r"[Ss]tatus: ?404|404 Not Found"), "what answers there is no object store with that bucket"),
    (re.compile(r"[Ss]tatus: ?5\d\d|\b5\d\d [A-Z]"), "it is not working at the moment"),
)
_ATTEMPTS = re.compile(r"\b(?:retry_timeout|max_retries|retries|elapsed): [^,}]*")  # said of any error
_HOST = re.compile(r"https?://[^/\s),]+")


def allowing_http(scheme: str) -> str:
    """The variable that allows addresses without encryption for stores of this scheme."""
    return f"{_PREFIXES[scheme]}_ALLOW_HTTP"


def is_away(error: Exception) -> bool:
    """Whether a store could not be asked, or did not let us in: nothing is known of what lies there."""
    text = str(error)
    if (
        _BUCKET.search(text)
        or _UNSURE.search(text)
        or "ListRequest" in text
        or (_DENIED.search(text) and "<Error>" in text)
    ):
        return True
    return bool(_STORE.search(text)) and not _GONE.search(text)


def unreachable(error: Exception, address: str = "") -> IndexUnreachable:
    """The error to show for one that `is_away`."""
    where = address or "its object store"
    kind = IndexForbidden if _DENIED.search(_ATTEMPTS.sub("", str(error))) else IndexUnreachable
    return kind(f"the index in {where} is not reachable: {reason_of(error)}")


def reason_of(error: Exception) -> str:
    """Why a store cannot be asked, and what to do."""
    text = _ATTEMPTS.sub("", str(error))
    host = _HOST.search(text)
    at = f" at {host[0]}" if host else ""
    prefix = next((name for pattern, name in _ITS_PREFIX if pattern.search(text)), "AWS")
    if _CREDENTIALS.search(text):
        reason, remedy = "no credentials were found", f"set {_KEYS[prefix]}"
    elif _UNREADABLE.search(text):
        said = " ".join(text.partition("Debug source")[0].split()).removeprefix("Generic ")[:160]
        reason, remedy = (
            f"the credentials cannot be used ({said})",
            "check the credentials in the environment",
        )
    elif _UNSURE.search(text):
        reason, remedy = "whether what was written last has arrived is not known", "run this again"
    elif _HTTPS.search(text):
        reason = f"{host[0] if host else 'what is set'} is no https address"
        remedy = f"{prefix}_ALLOW_HTTP=true allows it"
    elif _BUCKET.search(text):
        reason, remedy = f"there is no such bucket{at}", "make it, or correct the address"
    elif _DENIED.search(text):
        code = _CODE.search(text)
        reason = f"access is denied{at}{f' ({code[1]})' if code else ''}"
        remedy = "check the credentials in the environment"
    else:
        known = next((meaning for pattern, meaning in _REASONS if pattern.search(text)), "")
        reason = (known or " ".join(text.split())[:120]) + at
        remedy = "check the network; nothing there is lost by it"
    return f"{reason}; {remedy}"
