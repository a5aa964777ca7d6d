"""The guide in every bundle: how a stranger checks it with common tools, in both languages."""

from dataclasses import dataclass

from sampling.text import Text

NAME = "VERIFY.md"
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the guide: what it proves, and the commands that end without an error when it holds."""

    proves: Text
    commands: str = ""


HEAD = Text(
    "如何核验本证据包：在本文件所在目录用 sh 依次运行下列各段；每段均无错误结束即为通过。"
    "前三段只需 sha256sum 与 openssl。也可将本证据包交给主管机关网站的 /verify 页面核验。",
    "How to check this bundle: run each block with sh in the folder of this file; it holds when the block ends without "
    "an error. The first blocks need sha256sum and openssl only. The page /verify of the authority's site checks it, "
    "too.",
)

CHECKS = (
    Check(
        Text("自封装以来，没有文件被更改、删除或添加。", "No file was changed, removed or added since it was packed."),
        """\
sha256sum -c --strict --quiet SHA256SUMS
test "$(find . -type f | wc -l)" -eq "$(($(wc -l < SHA256SUMS) + 1))"
""",
    ),
    Check(
        Text(
            "manifest.json 由 signer.pem 中的密钥签署。",
            "manifest.json was signed with the key in signer.pem.",
        ),
        """\
openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in manifest.json -sigfile manifest.json.sig
""",
    ),
    Check(
        Text(
            "请将所示公钥指纹与主管机关公布的指纹核对：只有这一步能说明签署者是谁。",
            "Compare the key's fingerprint with the one the authority publishes: only this says whose key it is.",
        ),
        """\
openssl pkey -pubin -in signer.pem -outform DER | sha256sum
""",
    ),
    Check(
        Text(
            "各时间戳机构证明签名当时已存在（没有 timestamps 目录：尚未加盖）；其证书指纹也请核对。",
            "Each time-stamping authority proves that the signature existed then (no folder timestamps: none yet); "
            "compare its certificate as well.",
        ),
        """\
for stamp in timestamps/*.tsr; do
  test ! -e "$stamp" || openssl ts -verify -in "$stamp" -data manifest.json.sig -CAfile "${stamp%.tsr}.pem"
done
""",
    ),
    Check(
        Text(
            "清单列出的文件与网页归档 capture.wacz 中每个成员都与清单所写一致。",
            "The listed files, and each member of the web archive capture.wacz, are what the manifest says.",
        ),
        """\
folder=$(mktemp -d)
unzip -q capture.wacz -d "$folder"
jq -r '.files[] | "\\(.sha256)  \\(.path)"' manifest.json | sha256sum -c --strict --quiet
jq -r '.archive[] | "\\(.sha256)  \\(.path)"' manifest.json > "$folder.sums"
(cd "$folder" && sha256sum -c --strict --quiet "$folder.sums")
test "$(find "$folder" -type f | wc -l)" -eq "$(wc -l < "$folder.sums")"
""",
    ),
    Check(
        Text(
            "归档自身的哈希与签名（P-384）成立，且其密钥即清单所写。",
            "The archive's own hash and signature (P-384) hold, by the key that the manifest names.",
        ),
        """\
digest=$(mktemp -d)
unzip -p capture.wacz datapackage-digest.json > "$digest/json"
hash="sha256:$(unzip -p capture.wacz datapackage.json | sha256sum | cut -d' ' -f1)"
test "$(jq -r '.hash, .signedData.hash' "$digest/json" | sort -u)" = "$hash"
jq -r .signedData.publicKey "$digest/json" | base64 -d > "$digest/key"
test "$(sha256sum < "$digest/key" | cut -d' ' -f1)" = "$(jq -r .archive_key manifest.json)"
signature=$(jq -r .signedData.signature "$digest/json" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
printf 'asn1=SEQUENCE:s\\n[s]\\nr=INTEGER:0x%s\\ns=INTEGER:0x%s\\n' \\
  "$(echo "$signature" | cut -c1-96)" "$(echo "$signature" | cut -c97-192)" > "$digest/conf"
openssl asn1parse -noout -genconf "$digest/conf" -out "$digest/signature"
printf %s "$hash" | openssl dgst -sha256 -keyform DER -verify "$digest/key" -signature "$digest/signature"
""",
    ),
    Check(
        Text(
            "本证据在总账中的位置成立（没有 inclusion.json：尚未入账）。请将最后三行（总账名、条数、根哈希）"
            "与主管机关公布的检查点核对：总账只增不改，事后无法插入或替换。",
            "The capture's place in the ledger holds (no inclusion.json: none yet). Compare the last three lines - the "
            "ledger's name, size and root - with the checkpoint that the authority publishes: into a ledger that only "
            "grows nothing can be put afterwards, and nothing can be taken out of it.",
        ),
        """\
test -e inclusion.json || exit 0
sum() { sha256sum | cut -d' ' -f1; }
test "$(jq -r .entry.sha256 inclusion.json)" = "$(sum < manifest.json)"
node=$({ printf '\\000'; jq -cS .entry inclusion.json; } | sum)
index=$(jq .index inclusion.json) last=$(($(jq .size inclusion.json) - 1))
for beside in $(jq -r '.path[]' inclusion.json); do
  while test "$last" -gt 0 && test "$index" -eq "$last" && test $((index % 2)) -eq 0; do
    index=$((index / 2)) last=$((last / 2))
  done
  if test $((index % 2)) -eq 1; then pair=$beside$node; else pair=$node$beside; fi
  node=$({ printf '\\001'; printf %s "$pair" | tr a-f A-F | basenc --base16 -d; } | sum)
  index=$((index / 2)) last=$((last / 2))
done
test "$(jq -r .checkpoint inclusion.json | sed -n 3p | base64 -d | od -An -v -tx1 | tr -d ' \\n')" = "$node"
jq -r .checkpoint inclusion.json | head -n 3
""",
    ),
    Check(
        Text(
            "归档合乎 WACZ 与 WARC 标准（pip install wacz warcio）。",
            "The archive is a good WACZ and WARC (pip install wacz warcio).",
        ),
        """\
wacz validate -f capture.wacz
unzip -p capture.wacz archive/data.warc.gz > "${TMPDIR:-/tmp}/data.warc.gz"
warcio check "${TMPDIR:-/tmp}/data.warc.gz"
""",
    ),
    Check(
        Text(
            "可在 https://replayweb.page 打开 capture.wacz 回放网页。它会把 indexes/index.cdx 与 pages/pages.jsonl "
            "记为“未核验”：它默认不计算这两个索引文件的哈希，上文已经核对。",
            "Open capture.wacz at https://replayweb.page to see the page again. It counts indexes/index.cdx and "
            "pages/pages.jsonl as unverified: it does not hash these two index files by default; the blocks above did.",
        ),
    ),
)


def text() -> bytes:
    """Give the whole guide as Markdown, each step numbered, its commands indented."""
    parts = ["# VERIFY / 核验", HEAD.zh, HEAD.en]
    for number, check in enumerate(CHECKS, 1):
        parts += [f"## {number}. {check.proves.zh}", check.proves.en]
        parts += ["\n".join(INDENT + line for line in check.commands.splitlines())] if check.commands else []
    return ("\n\n".join(parts) + "\n").encode()
