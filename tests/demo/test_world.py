"""The world keeps what happened in it over a kill, and says plainly what is in the way."""

import socket
from pathlib import Path

import httpx
import pytest

from demo import world
from demo.accounts import DESK_TOKEN
from tests.demo.conftest import free_ports


def test_a_killed_world_goes_on_where_it_was(tmp_path: Path) -> None:
    first = world.start(tmp_path, free_ports())
    off = {"Authorization": f"Bearer {DESK_TOKEN}"}
    for shop, item in (("oscar-mart", "8"), ("glow-mall", "2008")):
        url = f"{first.urls[shop]}/desk/listings/{item}/offline"
        assert httpx.post(url, headers=off, trust_env=False, timeout=60).status_code == 200
    for process in first.processes.values():
        process.kill()
    first.stop()
    second = world.start(tmp_path, free_ports())
    try:
        for url in (f"{second.urls['oscar-mart']}/catalogue/x_8/", f"{second.urls['glow-mall']}/item/2008"):
            assert httpx.get(url, follow_redirects=True, trust_env=False, timeout=60).status_code == 404
    finally:
        second.stop()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    ports = free_ports()
    taken = pytest.raises(world.PortTaken, match=f"^Port {ports['glow-mall']} is taken, and glow-mall of this world")
    with socket.create_server(("127.0.0.1", ports["glow-mall"])), taken:
        world.start(tmp_path, ports)


def test_the_ports_of_a_world_are_chosen_once_and_past_those_that_are_taken(tmp_path: Path) -> None:
    first = world.ports_of(tmp_path)
    assert sorted(first) == sorted(world.SERVICES)
    with socket.create_server(("127.0.0.1", first["desk"])):
        assert world.ports_of(tmp_path) == first
        assert set(world.ports_of(tmp_path / "other").values()).isdisjoint(first.values())
