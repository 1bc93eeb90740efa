"""Stories of the store: writers that wait share a commit, and one that fails harms nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from central.db import Store, file_engine, memory_engine
from central.tables import alarm
from tests.central.fleet import NOON


def put(connection: sa.Connection, code: str) -> str:
    connection.execute(alarm.insert().values(kiosk="k", component="c", code=code, since=NOON, detail=""))
    if code == "bad":
        raise ValueError(code)
    return code


def codes(store: Store) -> set[str]:
    with store.read() as connection:
        return set(connection.execute(sa.select(alarm.c.code)).scalars())


@pytest.fixture(params=["memory", "file"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return memory_engine() if request.param == "memory" else file_engine(tmp_path / "x.db")


def test_writers_that_wait_share_a_commit_and_each_gets_its_own_outcome(engine: sa.Engine) -> None:
    store, commits, inside, go = Store(engine), list[None](), threading.Event(), threading.Event()
    sa.event.listen(engine, "commit", lambda _: commits.append(None))

    def first(connection: sa.Connection) -> str:
        inside.set()
        assert go.wait(5)
        return put(connection, "first")

    names = [*(str(n) for n in range(6)), "bad"]
    with ThreadPoolExecutor(8) as pool:
        leader = pool.submit(store.commit, first)
        assert inside.wait(5)
        followers = {name: pool.submit(store.commit, lambda c, name=name: put(c, name)) for name in names}
        while len(store._waiting) < len(names):
            threading.Event().wait(0.001)
        go.set()
        assert leader.result(5) == "first"
        assert [followers[name].result(5) for name in names[:-1]] == names[:-1]
        with pytest.raises(ValueError, match="bad"):
            followers["bad"].result(5)
    assert len(commits) == 2
    assert codes(store) == {"first", *names[:-1]}


def test_when_the_commit_fails_nobody_is_told_that_it_is_durable(engine: sa.Engine) -> None:
    store = Store(engine)

    def full(_: sa.Connection) -> None:
        raise OSError("disk full")

    sa.event.listen(engine, "commit", full)
    with pytest.raises(OSError, match="disk full"):
        store.commit(lambda connection: put(connection, "lost"))
    sa.event.remove(engine, "commit", full)
    assert codes(store) == set()
    assert store.commit(lambda connection: put(connection, "kept")) == "kept"
