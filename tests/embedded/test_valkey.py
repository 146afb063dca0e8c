"""The embedded Valkey: private, without persistence, back at the same address."""

import signal
import stat

import redis

from provenance.embedded import valkey
from provenance.embedded.home import Home


def test_it_answers_on_a_private_socket_only(home: Home) -> None:
    server = valkey.start(home)
    try:
        with redis.Redis.from_url(server.url) as client:
            assert client.config_get("port") == {"port": "0"}
            assert client.config_get("appendonly") == {"appendonly": "no"}
            assert client.config_get("save") == {"save": ""}
        assert stat.S_IMODE(valkey.socket_path(home).stat().st_mode) == 0o700
    finally:
        server.stop()


def test_a_killed_server_starts_again_at_the_same_address(home: Home) -> None:
    killed = valkey.start(home)
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()
    again = valkey.start(home)
    try:
        assert again.url == killed.url
        with redis.Redis.from_url(again.url) as client:
            assert client.ping()
    finally:
        again.stop()
