"""What stores say when they cannot be used, as obstore and LanceDB hand it on, and what a person is told."""

from __future__ import annotations

import pytest

from searcher.away import is_away, unreachable

SAID = {
    "Generic MicrosoftAzure error: Account must be specified": "set AZURE_STORAGE_ACCOUNT_NAME and AZURE",
    "Invalid input, Unable to find object store prefix: no Azure account name in URI, and no storage account "
    "configured.": "set AZURE_STORAGE_ACCOUNT_NAME",
    'Generic GCS error: error sending request for url (http://metadata.google.internal/x): store: "GCS"': (
        "no credentials were found; set GOOGLE_APPLICATION_CREDENTIALS"
    ),
    "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token": "set AWS_ACCESS_KEY_ID",
    "Generic GCS error: GET http://127.0.0.1:4443/bucket/live.json: builder error: BadScheme": (
        "http://127.0.0.1:4443 is no https address; GOOGLE_ALLOW_HTTP=true allows it"
    ),
    'Generic S3 error: http://127.0.0.1:9/ Connection refused: store: "S3"': (
        "nobody answers there at http://127.0.0.1:9; check the network"
    ),
    'Generic S3 error: https://store.lan/b: dns error: store: "S3"': "its name is not known at https://store.lan",
    'Generic S3 error: http://127.0.0.1:9/ operation timed out: store: "S3"': "no answer in time at http",
    'Generic S3 error: http://127.0.0.1:9/ connection reset: store: "S3"': "the connection broke at http",
    'Generic S3 error: http://127.0.0.1:9/ status: 404 Not Found <Code>NoSuchBucket</Code>: store: "S3"': (
        "there is no such bucket at http://127.0.0.1:9; make it, or correct the address"
    ),
    'ListRequest: http://127.0.0.1:9/ status: 404: store: "S3"': "is no object store with that bucket",
    'Generic S3 error: http://127.0.0.1:9/ status: 503: store: "S3"': "it is not working at the moment",
    "status: 403 Forbidden: http://127.0.0.1:9/ <Error><Code>AccessDenied</Code></Error>": (
        "access is denied at http://127.0.0.1:9 (AccessDenied); check the credentials in the environment"
    ),
    "Generic MicrosoftAzure error: Invalid Access Key: Invalid length Debug source: Generic { store": (
        "the credentials cannot be used (MicrosoftAzure error: Invalid Access Key: Invalid length); check the"
    ),
    'Generic GCS error: Unable to open service account file from /nofile: store: "GCS"': (
        'Unable to open service account file from /nofile: store: "GCS"); check the credentials'
    ),
    'Generic S3 error: lacked the necessary privileges: store: "S3"': "access is denied; check",
    "Commit result for version 21 is unknown: the commit may or may not have been applied; check the table "
    "state before retrying": "has arrived is not known; run this again",
}


@pytest.mark.parametrize("text", SAID)
def test_what_a_store_lacks_is_named_in_its_own_words(text: str) -> None:
    assert is_away(RuntimeError(text))
    assert SAID[text] in str(unreachable(RuntimeError(text), "az://bucket/prefix"))
