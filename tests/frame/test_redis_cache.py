"""Redis keeps pages for several hosts, and may be gone at any time."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
import redis
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offenbach_wir.page_cache import forget_pages, kept
from offenbach_wir.redis_cache import ForgivingRedisCache

BACKEND = "offenbach_wir.redis_cache.ForgivingRedisCache"
# The machine's own, for what a Redis does that lives; a number nobody uses.
SHARED = "redis://127.0.0.1:6379/9"


def answers(url):
    with contextlib.suppress(redis.RedisError):
        return redis.Redis.from_url(url).ping()
    return False


@pytest.fixture
def use(settings):
    """use(url) is what CACHE_URL does."""

    def switch(url):
        options = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
        settings.CACHES = settings.CACHES | {
            "pages": {
                "BACKEND": BACKEND,
                "LOCATION": url,
                "KEY_PREFIX": "tests",
                "OPTIONS": options,
            }
        }
        ForgivingRedisCache._away_until = 0.0

    yield switch
    ForgivingRedisCache._away_until = 0.0


class OwnRedis:
    """A server of the test's own, which it may kill."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.url = folder, f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        self.process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self.folder)),
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not answers(self.url):
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.02)
        return self

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def own_redis(use, tmp_path):
    if not shutil.which("redis-server"):
        pytest.skip("needs redis-server")
    server = OwnRedis(tmp_path).start()
    use(server.url)
    yield server
    with contextlib.suppress(ProcessLookupError):
        server.kill()


@pytest.fixture
def shared_redis(use):
    if not answers(SHARED):
        pytest.skip("needs Redis at 127.0.0.1:6379")
    use(SHARED)
    client = redis.Redis.from_url(SHARED)
    yield client
    forget_pages()
    client.delete("somebody-elses")
    client.close()


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_second_visit_is_answered_from_redis(client, db, shared_redis):
    forget_pages()
    assert queries_of(client, "/de/projekte/") > 0
    assert queries_of(client, "/de/projekte/") == 0


def test_forgetting_pages_leaves_alone_what_others_keep_there(client, db, shared_redis):
    shared_redis.set("somebody-elses", "1")
    client.get("/de/projekte/")
    forget_pages()
    assert shared_redis.get("somebody-elses") == b"1"
    assert not list(shared_redis.scan_iter(match="tests:*"))
    assert queries_of(client, "/de/projekte/") > 0


def test_page_is_kept_no_longer_than_a_minute(client, db, shared_redis):
    forget_pages()
    client.get("/de/projekte/")
    lives = [shared_redis.ttl(key) for key in shared_redis.scan_iter(match="tests:*")]
    assert lives
    assert all(0 < seconds <= 60 for seconds in lives)


@pytest.mark.parametrize("content", [b"no pickle", b"cprojects.facets\nGone\n."])
def test_what_another_version_has_kept_was_never_kept(shared_redis, content):
    cache = caches["pages"]
    shared_redis.set(cache.make_key("a"), content, ex=60)
    assert cache.get("a", "nothing") == "nothing"


def test_killed_redis_fails_no_page_and_is_used_again_once_it_is_back(client, db, own_redis):
    client.get("/de/projekte/")
    assert queries_of(client, "/de/projekte/") == 0
    own_redis.kill()
    ForgivingRedisCache._away_until = 0.0
    assert queries_of(client, "/de/projekte/") > 0
    forget_pages()
    own_redis.start()
    ForgivingRedisCache._away_until = 0.0
    client.get("/de/projekte/")
    assert queries_of(client, "/de/projekte/") == 0


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere/redis.sock"])
def test_what_redis_cannot_say_was_never_kept(use, url):
    use(url)
    cache = caches["pages"]
    assert cache.get("a", "nothing") == "nothing"
    assert cache.add("a", 1) is False
    assert cache.delete("a") is False
    cache.set("a", 1, 60)
    cache.clear()
    assert kept("a", lambda: "made anew") == "made anew"


def test_dead_redis_is_left_alone_for_a_moment(use):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        silent.setblocking(False)
        use(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        caches["pages"].get("a")
        silent.accept()[0].close()
        caches["pages"].get("a")
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_limits_and_used_codes_stay_in_the_database(settings, use):
    use("redis://127.0.0.1:1/0")
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
