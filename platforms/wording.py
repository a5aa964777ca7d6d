"""What a notice says in words, in Chinese and English; the facts beside it stay data."""

from platforms.notice import NoticeKind
from sampling.text import Text

DISTRIBUTION = {
    NoticeKind.SAMPLING: "PARTIES-ONLY",
    NoticeKind.RESULT: "PARTIES-ONLY",
    NoticeKind.DELISTING: "PLATFORM-ONLY",
}

_STATEMENTS = {
    NoticeKind.SAMPLING: Text(
        "您平台（店铺）上的下列商品已被抽样，样品编号 {sample}。样品将送检验机构检验，检验结果另行告知。",
        "The goods listed below were sampled under the number {sample}. They go to a laboratory; its result follows.",
    ),
    NoticeKind.RESULT: Text(
        "样品 {sample} 的检验已完成，结果见下。您可在所列期限内提出书面异议。",
        "Testing of sample {sample} is complete; the result is given below. "
        "You may object in writing until the date stated.",
    ),
    NoticeKind.DELISTING: Text(
        "样品 {sample} 经检验不合格。请在所列期限内对下列链接采取所要求的措施，并反馈处理情况。",
        "Sample {sample} does not conform. Take the action asked for on the listing below by the time stated, "
        "and report what was done.",
    ),
}

_OBJECT = Text(
    "对抽样过程、样品真实性、检验方法或检验结果有异议的，可在期限内提出，并附证明材料。",
    "You may contest the sampling, the authenticity of the sample, the method or the result, with your evidence.",
)
_RETEST = Text(
    "可申请使用备用样品复检；法律规定不得复检的除外。",
    "You may ask for a re-test on the backup unit, unless the law excludes it.",
)
_VERIFY = Text(
    "文件附有数字签名，可用公布的公钥核验。",
    "The document is signed; check it with the published key.",
)

_RIGHTS = {
    NoticeKind.SAMPLING: (_OBJECT, _VERIFY),
    NoticeKind.RESULT: (_OBJECT, _RETEST, _VERIFY),
    NoticeKind.DELISTING: (_OBJECT, _VERIFY),
}


def statement(kind: NoticeKind, sample_code: str) -> Text:
    """Give the opening sentence of a notice of this kind."""
    text = _STATEMENTS[kind]
    return Text(text.zh.format(sample=sample_code), text.en.format(sample=sample_code))


def rights(kind: NoticeKind) -> tuple[Text, ...]:
    """Give what the recipient may do, one sentence each."""
    return _RIGHTS[kind]
