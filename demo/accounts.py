"""The accounts the shops know: shoppers' covers, and the token of each shop's own trust and safety desk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One customer with an address in the shop's address book."""

    email: str
    first_name: str
    last_name: str
    line1: str
    city: str
    postcode: str
    phone: str


# Throw-away password of the demonstration: these customers exist on loopback only.
PASSWORD = "demo-Passw0rd!"

# What a shop's desk shows to its own shop to take a listing off; the shops listen on loopback alone.
DESK_TOKEN = "demo-desk-token"

ACCOUNTS = (
    Account("lin.yue@example.net", "Yue", "Lin", "18 Xinhua Road", "Hangzhou", "310012", "+8613800000001"),
    Account("chen.hao@example.net", "Hao", "Chen", "5 Renmin Street", "Guangzhou", "510030", "+8613800000002"),
    Account("wang.fang@example.net", "Fang", "Wang", "207 Jiefang Avenue", "Wuhan", "430022", "+8613800000003"),
    Account("zhao.lei@example.net", "Lei", "Zhao", "66 Tianfu Lane", "Chengdu", "610041", "+8613800000004"),
    Account("sun.mei@example.net", "Mei", "Sun", "31 Zhongshan Road", "Nanjing", "210008", "+8613800000005"),
    Account("guo.qiang@example.net", "Qiang", "Guo", "9 Binhai Road", "Qingdao", "266071", "+8613800000006"),
)
