"""Frame files taken into the memory: kept under their hash, and named by the campaign that is gathered from them."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.wiring import World, open_world
from sampling.campaign import CampaignState
from sampling.finding import is_useless
from shopper.errors import CommandError
from shopper.frame import described, looked_at, mapping_at
from storage import campaigns
from storage.revision import at_head
from storage.settings import load


def take(chosen: Namespace) -> int:
    """Print what each file holds and give it to a campaign; nothing is taken when a file as a whole cannot be read."""
    with open_world(load()) as world:
        if not at_head(world.database.url):
            raise CommandError("The tables are not up to date: run shopper migrate.")
        with world.database.unit() as unit:
            campaign = campaigns.by_number(unit, chosen.campaign)
        if campaign.state is not CampaignState.PLANNED:
            raise CommandError(f"{campaign.number} is {campaign.state}: only a campaign that is planned and not yet "
                               "gathered takes files.")  # fmt: skip
        kept = keep(world, chosen.files, chosen.mapping)
        with world.database.unit() as unit:
            campaigns.add_files(unit, campaign.id, kept)
    print(f"{campaign.number} takes {len(kept)} files: the flow plan gathers them.")
    return 0


def keep(world: World, files: Sequence[Path], mapping: Path | None) -> Mapping[str, str]:
    """Print what is in each file and keep it; give its hash and that of the mapping, if there is one."""
    read = mapping_at(mapping)
    for path in files:
        held, findings = looked_at(path, read)
        print("\n".join(described(path, held, findings)))
        if is_useless(findings):
            raise CommandError(f"{path} cannot be read as a whole: no file was taken.")
    told = world.objects.put(mapping.read_bytes()) if mapping else ""
    return {world.objects.put_file(path): told for path in files}
