"""The snippets of docs/webhooks.md verify what we sign, and nothing else."""

import json
import re
import shutil
import subprocess
import time

import pytest

from core.catalogues import ROOT
from outbox.webhooks.signatures import headers, new_secret

PAGE = (ROOT / "docs" / "webhooks.md").read_text()
BODY = '{"type": "ESCROW_FUNDED", "title": "Чай"}'.encode()
SECRET, OTHER = new_secret(), new_secret()


def snippet(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def messages() -> dict[str, tuple[str, dict[str, str], bytes, bool]]:
    """Secret, headers, body, and whether a receiver should believe them."""
    now = int(time.time())
    signed = headers([SECRET], "message-1", now, BODY)
    return {
        "ours": (SECRET, signed, BODY, True),
        "the old of two secrets": (OTHER, headers([SECRET, OTHER], "message-1", now, BODY), BODY, True),
        "another secret": (OTHER, signed, BODY, False),
        "another body": (SECRET, signed, BODY + b" ", False),
        "another id": (SECRET, signed | {"webhook-id": "message-2"}, BODY, False),
        "too old": (SECRET, headers([SECRET], "message-1", now - 301, BODY), BODY, False),
        "no signature": (SECRET, signed | {"webhook-signature": "v1,"}, BODY, False),
    }


@pytest.mark.parametrize("case", messages())
def test_the_python_snippet_believes_what_is_ours(case):
    secret, given, body, believed = messages()[case]
    names: dict = {}
    exec(snippet("python"), names)

    try:
        names["verify"](secret, given, body)
    except ValueError:
        assert not believed
    else:
        assert believed


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
@pytest.mark.parametrize("case", messages())
def test_the_node_snippet_believes_what_is_ours(case):
    secret, given, body, believed = messages()[case]
    call = f"verify({json.dumps(secret)}, {json.dumps(given)}, Buffer.from({json.dumps(body.hex())}, 'hex'))"

    done = subprocess.run(["node", "-e", f"{snippet('js')}\n{call}"], capture_output=True, text=True, check=False)

    assert (done.returncode == 0) is believed, done.stderr
