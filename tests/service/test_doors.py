"""Who may come in: addresses, token, hosts, origins, the state folder (S1, S2, S3, S13)."""

from __future__ import annotations

import hashlib
import itertools
import stat

import pytest

from tests.doors.command import call
from tests.service.fake import fake_services
from tests.service.support import Service, every_method, operations
from tuner.errors import CliffsideError, ConfigurationError
from tuner.service.server import Settings, allowed_hosts, check_address, is_loopback, serve
from tuner.service.state import ServiceState
from tuner.service.tokens import TOKEN_FILE, is_token, new_token, read_token_digest

LOOPBACK = ("127.0.0.1", "127.8.8.8", "localhost", "::1")
REMOTE = ("0.0.0.0", "::", "192.0.2.7", "2001:db8::7", "::ffff:127.0.0.1", "10.0.0.1")


@pytest.mark.parametrize(
    ("address", "allow_remote", "has_token"),
    list(itertools.product((*LOOPBACK, *REMOTE), (False, True), (False, True))),
)
def test_another_address_than_loopback_needs_a_token_and_the_flag(address, allow_remote, has_token):
    expected = address in LOOPBACK or (allow_remote and has_token)
    try:
        check_address(address, allow_remote=allow_remote, has_token=has_token)
        got = True
    except ConfigurationError as error:
        got = False

        assert allow_remote or "--allow-remote" in str(error)
        assert has_token or "--new-token" in str(error)

    assert expected == got


@pytest.mark.parametrize("address", ["example.com", "", "127.0.0.1:80", "0", "localhost."])
def test_an_address_is_an_ip_address_or_localhost(address):
    with pytest.raises(ConfigurationError, match="--address"):
        is_loopback(address)


@pytest.mark.parametrize(
    "more", [[], ["--allow-remote"]], ids=["without the flag", "without a token"]
)
def test_the_command_refuses_a_remote_address_with_exit_code_2(more, tmp_path, capsys):
    services = fake_services(tmp_path / "services")
    words = ["--services", services, "--address", "0.0.0.0", "--port", 0, *more]
    got = call(capsys, "--state-dir", tmp_path / "state", "serve", *words)

    assert got.code == 2
    assert got.err.startswith("Error: ")
    assert "Traceback" not in got.err


def test_a_token_has_256_random_bits_is_shown_once_and_kept_as_a_hash(tmp_path, capsys):
    got = [call(capsys, "--state-dir", tmp_path / "state", "serve", "--new-token") for _ in "ab"]
    tokens = [each.out.strip() for each in got]
    path = tmp_path / "state" / TOKEN_FILE
    digest = read_token_digest(path)

    assert [each.code for each in got] == [0, 0]
    assert tokens[0] != tokens[1]
    assert all(len(token) == 43 for token in tokens)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert tokens[1] not in path.read_text()
    assert not is_token(digest, f"Bearer {tokens[0]}")
    assert is_token(digest, f"Bearer {tokens[1]}")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_token_file_that_others_may_read_is_refused(mode, tmp_path):
    new_token(tmp_path / "token")
    (tmp_path / "token").chmod(mode)
    with pytest.raises(ConfigurationError, match="token file"):
        read_token_digest(tmp_path / "token")


def test_a_token_file_that_is_a_link_or_holds_no_hash_is_refused(tmp_path):
    new_token(tmp_path / "token")
    (tmp_path / "link").symlink_to(tmp_path / "token")
    (tmp_path / "empty").touch(mode=0o600)
    for name in ("link", "empty"):
        with pytest.raises(ConfigurationError, match="token file"):
            read_token_digest(tmp_path / name)


def test_the_token_is_compared_in_constant_time(monkeypatch):
    from tuner.service import tokens

    asked = []
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda a, b: asked.append((a, b)) or False)
    digest = hashlib.sha256(b"secret").digest()

    assert not is_token(digest, "Bearer secret")
    assert asked == [(digest, digest)]


WRONG = {
    "none": {},
    "another": {"Authorization": "Bearer " + "x" * 43},
    "empty": {"Authorization": "Bearer "},
    "its hash": {"Authorization": f"Bearer {hashlib.sha256(b'secret').hexdigest()}"},
    "another scheme": {"Authorization": "Digest secret"},
    "bad basic": {"Authorization": "Basic %%%"},
}


def test_every_route_and_method_needs_the_token(tmp_path):
    digest = hashlib.sha256(b"secret").digest()
    with Service(tmp_path, token_digest=digest, runs=False) as service:
        asked = every_method(service.app)
        for (method, path), headers in itertools.product(asked, WRONG.values()):
            got = service.ask(method, path, headers=headers)

            assert got.status_code == 401, (method, path, headers)
            assert "Bearer" in got.headers["WWW-Authenticate"]
        for method, path in operations(service.app):
            got = service.ask(method, path, headers={"Authorization": "Bearer secret"})

            assert got.status_code != 401, (method, path)
        basic = service.get("/healthz", auth=("anyone", "secret"))

        assert basic.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8377"},
        {"Host": "localhost.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "null"},
        {"Origin": "file://"},
        {"Origin": "http://localhost@evil.example"},
    ],
    ids=lambda headers: "-".join(*headers.items()),
)
def test_no_route_takes_a_foreign_host_or_origin(headers, tmp_path):
    with Service(tmp_path, runs=False) as service:
        for method, path in every_method(service.app):
            got = service.ask(method, path, headers=headers)

            assert got.status_code in (403, 421), (method, path)
            assert "access-control-allow-origin" not in got.headers


def test_the_own_origin_may_come_in_and_nothing_speaks_of_other_origins(tmp_path):
    with Service(tmp_path, runs=False) as service:
        headers = {"Origin": "http://localhost", "Idempotency-Key": "k"}
        body = {"kind": "simulate", "service": "quick"}
        got = service.ask("POST", "/api/v1/jobs", json=body, headers=headers)
        cross = service.ask(
            "POST", "/api/v1/jobs", json=body, headers={"Sec-Fetch-Site": "cross-site"}
        )
        asked = service.ask("OPTIONS", "/api/v1/jobs", headers={"Origin": "http://localhost"})

        assert got.status_code == 202
        assert cross.status_code == 403
        assert not [name for name in asked.headers if name.startswith("access-control")]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
def test_a_body_must_say_that_it_is_json(kind, tmp_path):
    with Service(tmp_path, runs=False) as service:
        headers = {"Idempotency-Key": "k", "Content-Type": kind}
        body = b'{"kind": "simulate", "service": "quick"}'
        for method, path in every_method(service.app):
            if method == "POST":
                got = service.ask(method, path, content=body, headers=headers)

                assert got.status_code == 415, path


def test_names_of_hosts_are_those_of_loopback_the_address_and_what_is_given(tmp_path):
    def of(**more):
        return allowed_hosts(Settings(state=tmp_path, services=tmp_path, **more))

    loopback = {"localhost", "127.0.0.1", "[::1]"}

    assert of() == loopback
    assert of(address="0.0.0.0", host_names=["Tuner.example"]) == loopback | {"tuner.example"}
    assert of(address="2001:db8::7") == loopback | {"[2001:db8::7]"}
    with pytest.raises(ConfigurationError, match="--host-name"):
        of(host_names=["tuner.example:80"])


def test_the_state_folder_is_private_and_so_is_what_is_in_it(tmp_path):
    with Service(tmp_path) as service:
        service.wait(service.submit("quick"))
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in (tmp_path / "state", *(tmp_path / "state").iterdir())
        }

        assert (modes.pop("state"), modes.pop("jobs")) == (0o700, 0o700)
        assert set(modes.values()) == {0o600}


def test_a_state_folder_that_is_a_link_or_open_to_others_is_refused(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    (tmp_path / "open" / "file").touch()
    (tmp_path / "inner").mkdir(mode=0o700)
    (tmp_path / "inner" / "jobs").symlink_to(tmp_path / "real")
    (tmp_path / "base").mkdir(mode=0o700)
    (tmp_path / "base" / "cliffside.db").symlink_to(tmp_path / "real" / "elsewhere")
    for name in ("link", "open", "inner", "base"):
        with pytest.raises(CliffsideError):
            ServiceState(tmp_path / name)

    assert not list((tmp_path / "real").iterdir())


def test_a_second_service_on_the_same_state_folder_is_refused_with_a_sentence(tmp_path):
    services = fake_services(tmp_path / "services")
    held = ServiceState(tmp_path / "state")
    with pytest.raises(ConfigurationError, match="another `cliffside serve` holds"):
        serve(Settings(state=tmp_path / "state", services=services, port=0), say=print)
    held.close()
    ServiceState(tmp_path / "state").close()


def test_a_folder_of_services_that_is_not_there_is_refused(tmp_path, capsys):
    got = call(capsys, "--state-dir", tmp_path / "state", "serve", "--services", tmp_path / "no")

    assert got.code == 2
    assert "--services" in got.err
