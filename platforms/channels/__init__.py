"""The channels a notice can take: a file each, listed here."""

from collections.abc import Mapping

from platforms.channels import portal, webhook
from platforms.channels.interface import Channel

CHANNELS: Mapping[str, Channel] = {
    "portal": portal.message,
    "webhook": webhook.message,
}
