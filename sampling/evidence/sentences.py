"""What can be wrong with a bundle, each with its sentence for an officer or a court."""

from dataclasses import dataclass

from sampling.text import Text

SENTENCES = {
    # the head and what it lists
    "missing": Text("缺少文件 {path}。", "The file {path} is missing."),
    "not_manifest": Text("{path} 不是本格式的清单。", "{path} is not a manifest of this format."),
    "not_canonical": Text("{path} 不是规范形式。", "{path} is not in canonical form."),
    "bad_path": Text("清单列出了不安全或重复的路径 {path}。", "The manifest lists the unsafe or repeated path {path}."),
    "other_key": Text("{path} 不是清单所写的签名公钥。", "{path} is not the key that the manifest names."),
    "bad_signature": Text("{path} 与签名不符。", "{path} does not match its signature."),
    "changed": Text("文件 {path} 已被更改。", "The file {path} was changed."),
    "unlisted": Text("文件 {path} 未列入清单。", "The file {path} is not listed in the manifest."),
    "bad_sums": Text("{path} 与各文件不符。", "{path} does not fit the files."),
    # who signed
    "unknown_key": Text(
        "{path} 的签名密钥不属于受信任的签名者。", "The key that signed {path} is not a trusted signer's."
    ),
    "expired_key": Text(
        "{path} 的签名密钥当时不在有效期内。", "The key that signed {path} was not valid at that time."
    ),
    "revoked_key": Text(
        "{path} 的签名密钥已被吊销，且没有更早的时间戳。",
        "The key that signed {path} was withdrawn, and no time-stamp is older than that.",
    ),
    # the web archive
    "bad_archive": Text(
        "{path} 不是完整的归档，或夹带其他内容。", "{path} is no whole archive, or holds something beside its files."
    ),
    "odd_name": Text("归档含有名称异常的文件 {path}。", "The archive holds the oddly named file {path}."),
    "bad_package": Text("{path} 不是本格式的归档目录。", "{path} is not an archive's list of this format."),
    "weak_hash": Text("归档目录未以 SHA-256 列出 {path}。", "The archive's list does not name {path} by its SHA-256."),
    "not_packed": Text("归档目录未列出 {path}。", "The archive's list does not name {path}."),
    "unsigned_archive": Text("{path} 没有归档签名。", "{path} holds no signature of the archive."),
    "other_package": Text("{path} 是对另一归档的签名。", "{path} signs the list of another archive."),
    "bad_record": Text(
        "{path} 含有损坏、重复或与摘要不符的记录。",
        "{path} holds a record that is broken, repeated or not what its digest says.",
    ),
    "bad_index": Text("索引 {path} 与归档记录不符。", "The index {path} does not fit the archive's records."),
    "bad_counts": Text(
        "{path} 与清单所写的请求数量不符。", "{path} does not hold the requests that the manifest counts."
    ),
    "other_body": Text("{path} 与归档中的应答内容不符。", "{path} does not fit the answers in the archive."),
    "other_visit": Text("{path} 属于另一次访问。", "{path} tells of another visit."),
    # time-stamps and the ledger
    "bad_stamp": Text(
        "时间戳 {path} 无效，或不是对本签名的时间戳。",
        "The time-stamp {path} is not valid, or not over this signature.",
    ),
    "unknown_authority": Text(
        "时间戳 {path} 不是受信任的机构所签发。", "The time-stamp {path} is not by a trusted authority."
    ),
    "other_chain": Text("{path} 不是该机构的受信任证书链。", "{path} is not a trusted chain of that authority."),
    "early_stamp": Text(
        "时间戳 {path} 早于取证结束时间。", "The time-stamp {path} is older than the end of the capture."
    ),
    "bad_place": Text(
        "{path} 不能证明本证据在总账中的位置。", "{path} does not prove this capture's place in the ledger."
    ),
    "bad_checkpoint": Text(
        "{path} 中的总账检查点未由受信任的密钥签署。", "The checkpoint in {path} is not signed by a trusted key."
    ),
}
"""By code, in the order in which a verification tells them; `{path}` is the file."""

FIRST_FORM = Text(
    "这是最早形式的证据包：逐一列出所取文件，没有各次请求的网络归档；文件、签名和时间戳均已核对。",
    "It is of the first form, which lists the captured files one by one and has no web archive of the requests;"
    " its files, its signature and its time-stamps were checked.",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a bundle: a code, the file it is about, and the sentence for a person."""

    code: str
    path: str

    @property
    def sentence(self) -> Text:
        """The fault in both languages."""
        text = SENTENCES[self.code]
        return Text(text.zh.format(path=self.path), text.en.format(path=self.path))
