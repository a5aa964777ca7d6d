"""What the pages of tests are given beside their memory: a vault, and a press that sets real papers."""

from typing import Any

from dashboards.world import Press, Receipts
from labs.edge.preview import preview
from sampling.custody import Role
from sampling.documents.paper import Issuer
from sampling.edge.paper.codes import codes_in
from sampling.edge.paper.printer import printed
from sampling.sample import Sample
from sampling.text import Text
from storage.vault import Vault

ISSUER = Issuer(Text("测试机构", "Test authority"), "desk@authority.example", "http://testserver/verify-document")

LINK_KEY = b"l" * 32


def desk(key: bytes = b"v" * 32) -> dict[str, Any]:
    """Give the arguments of `create_app` that no test but a few looks at."""
    receipts = Receipts(LINK_KEY, codes_in)
    return {"vault": Vault(key), "press": Press(ISSUER, printed, _blind), "receipts": receipts, "look": preview}


def _blind(sample: Sample, role: Role) -> str:
    return sample.blind_code if role is Role.TEST else f"{sample.blind_code}R"
