"""The embedded PostgreSQL: started, shared, killed, started again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from storage.embedded import databases, embedded
from storage.postmaster import PostgresError, Postmaster, postmaster
from storage.settings import SettingsError, load

FAST = ("fsync=off",)
HOLD = "import sys; from pathlib import Path; from storage.embedded import embedded\n"
HOLD += "with embedded(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"


def ask(server: Postmaster, question: str) -> object:
    with psycopg.connect(f"host={server.socket_folder} user=postgres", autocommit=True) as connection:
        answer = connection.execute(question).fetchone()
    return answer[0] if answer else None


def number(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def test_both_databases_are_there_and_a_second_user_shares_the_server(tmp_path: Path) -> None:
    settings = load({"SHOPPER_HOME": str(tmp_path / "var")}, tmp_path)
    with databases(settings, FAST) as places:
        first = number(settings.postgres)
        with databases(settings, FAST) as again:
            assert (again, number(settings.postgres)) == (places, first)
        assert places.prefect.startswith("postgresql+asyncpg://")
        with psycopg.connect(places.shopper.replace("+psycopg", "")) as connection:
            assert connection.info.dbname == "shopper"
            assert connection.info.server_version // 10000 == 18
    assert not (settings.postgres / "postmaster.pid").exists()


def test_the_server_stays_while_another_process_uses_it_and_ends_with_the_last(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    words = [sys.executable, "-c", HOLD, str(data)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "in\n"
        with embedded(data) as server:
            assert server.is_running()
        assert server.is_running()
        other.stdin.close()
        assert other.wait(30) == 0
    assert not server.is_running()


@pytest.mark.parametrize("whole", [False, True], ids=["the postmaster alone", "every process"])
def test_a_killed_server_is_started_again_with_its_data(whole: bool, tmp_path: Path) -> None:
    data = tmp_path / "pg"
    with embedded(data, FAST) as server:
        with psycopg.connect(f"host={server.socket_folder} user=postgres", autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        main = psutil.Process(number(data))
        family = [main, *main.children(recursive=True)] if whole else [main]
        for process in family:
            os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)
        assert (data / "postmaster.pid").exists()
        with embedded(data, FAST) as again:
            assert ask(again, "SELECT answer FROM kept") == 42


def test_a_stale_number_that_now_belongs_to_another_program_is_no_obstacle(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    with embedded(data, FAST) as server:
        lines = (data / "postmaster.pid").read_text().splitlines()
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with embedded(data, FAST) as server:
        assert ask(server, "SELECT 1") == 1


def test_a_first_start_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "pg.new").mkdir()
    (tmp_path / "pg.new" / "half").write_text("")
    with embedded(tmp_path / "pg", FAST) as server:
        assert ask(server, "SELECT 1") == 1


def test_a_deep_folder_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    data = tmp_path / ("d" * 120) / "pg"
    with embedded(data, FAST) as server:
        assert len(os.fsencode(server.socket_folder)) < 80
        assert server.socket_folder.stat().st_mode & 0o077 == 0
        assert ask(server, "SELECT 1") == 1


def test_a_folder_of_another_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresError, match="belongs to another PostgreSQL than 18"):
        postmaster(tmp_path).ensure_running()


def test_a_server_that_does_not_answer_is_named_by_its_setting(tmp_path: Path) -> None:
    settings = load({"SHOPPER_DATABASE_URL": "postgresql://u@127.0.0.1:1/shopper"}, tmp_path)
    with (
        pytest.raises(SettingsError, match=r"^SHOPPER_DATABASE_URL: the database cannot be reached"),
        databases(settings),
    ):
        pass


def test_a_given_server_is_used_and_gets_a_database_for_prefect(tmp_path: Path) -> None:
    with embedded(tmp_path / "pg", FAST) as server:
        given = f"postgresql://postgres@/postgres?host={server.socket_folder}"
        with databases(load({"SHOPPER_DATABASE_URL": given}, tmp_path)) as places:
            assert places.shopper == given.replace("postgresql", "postgresql+psycopg", 1)
            assert places.prefect.startswith("postgresql+asyncpg://postgres@/prefect?")
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'prefect'") == 1
