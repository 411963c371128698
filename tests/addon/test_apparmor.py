"""The AppArmor profile: what the app does is allowed, what it never does is not."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROFILE = Path(__file__).parents[2] / "bmw_wallbox_addon/apparmor.txt"
OUTER, PROGRAM = "bmw_wallbox", "program"
PARSER = shutil.which("apparmor_parser", path="/usr/sbin:/sbin:/usr/bin")

_HEAD = re.compile(r"^\s*profile (\S+) flags=\((\S+)\) \{$")
_RULE = re.compile(r"^\s*(?:owner )?([/@]\S*) ([a-z]+)(?: -> \S+)?,$")
_PARTS = re.compile(r"\*\*|\*|\?|\{|\}|,|[^*?{},]+")
_VARIABLES = {"@{PROC}": "/proc", "@{pid}": "[1-9][0-9]*"}


def pattern(rule: str) -> re.Pattern[str]:
    """Translate the globs of a path."""
    for name, value in _VARIABLES.items():
        rule = rule.replace(name, value)
    depth, parts = 0, []
    for part in _PARTS.findall(rule):
        depth += (part == "{") - (part == "}")
        table = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" if depth else ","}
        parts.append(table.get(part) or (part if "[" in part else re.escape(part)))
    return re.compile("".join(parts))


def rules() -> dict[str, list[tuple[re.Pattern[str], frozenset[str]]]]:
    """Return each profile's rules for files; those of the base profile are not among them."""
    found: dict[str, list[tuple[re.Pattern[str], frozenset[str]]]] = {}
    open_profiles: list[str] = []
    for line in PROFILE.read_text().splitlines():
        if head := _HEAD.match(line):
            open_profiles.append(head[1])
            found[head[1]] = []
        elif line.strip() == "}":
            open_profiles.pop()
        elif rule := _RULE.match(line):
            found[open_profiles[-1]].append((pattern(rule[1]), frozenset(rule[2])))
    return found


RULES = rules()


def allowed(profile: str, path: str) -> set[str]:
    return {right for rule, rights in RULES[profile] if rule.fullmatch(path) for right in rights}


def test_the_supervisor_finds_one_name_to_replace() -> None:
    assert re.findall(r"^profile (\S+)", PROFILE.read_text(), re.MULTILINE) == ["bmw_wallbox"]


def test_both_profiles_are_enforced() -> None:
    flags = [
        set(head[2].split(",")) for line in PROFILE.read_text().splitlines() if (head := _HEAD.match(line))
    ]
    assert flags == [{"attach_disconnected", "mediate_deleted"}] * 2


@pytest.mark.skipif(PARSER is None, reason="needs apparmor_parser")
def test_the_parser_takes_the_profile() -> None:
    assert PARSER is not None
    subprocess.run(
        [PARSER, "--skip-kernel-load", "--skip-cache", "--skip-read-cache", PROFILE],
        check=True,
        capture_output=True,
    )


def test_every_group_of_rules_says_its_reason() -> None:
    body = PROFILE.read_text().split("#include <abstractions/base>", 1)[1]
    for group in body.split("\n\n"):
        lines = [line.strip() for line in group.splitlines() if line.strip() not in {"", "}"}]
        if any(_RULE.match(line) or line.startswith(("capability", "network", "signal")) for line in lines):
            assert any(line.startswith("# ") for line in lines), group


@pytest.mark.parametrize(
    ("profile", "path", "rights"),
    [
        # Start: s6, the shell, the program.
        (OUTER, "/init", "rx"),
        (OUTER, "/command/with-contenv", "rx"),
        (OUTER, "/package/admin/s6-2.13.1.0/command/s6-supervise", "mrx"),
        (OUTER, "/bin/busybox", "mrx"),
        (OUTER, "/usr/bin/bash", "mrx"),
        (OUTER, "/usr/lib/libreadline.so.8", "mr"),
        (OUTER, "/etc/s6-overlay/s6-rc.d/bmw-wallbox/run", "r"),
        (OUTER, "/etc/s6-overlay/scripts/any", "rx"),
        (OUTER, "/run/s6/container_environment/SUPERVISOR_TOKEN", "rw"),
        (OUTER, "/run/s6-rc:s6-rc-init:abcdef/servicedirs/bmw-wallbox/run", "rx"),
        (OUTER, "/run/service/bmw-wallbox/supervise/lock", "rwk"),
        (OUTER, "/opt/bmw-wallbox/bin/bmw-wallbox", "cx"),
        # A crash and the health check: `finish` and curl.
        (OUTER, "/run/s6-rc:s6-rc-init:abcdef/servicedirs/bmw-wallbox/finish", "rx"),
        (OUTER, "/run/bmw-wallbox-crashes", "rw"),
        (OUTER, "/data/bridge_topic", "r"),
        (OUTER, "/usr/bin/curl", "mrx"),
        (OUTER, "/etc/ssl/certs/ca-certificates.crt", "r"),
        (OUTER, "/run/s6-linux-init-container-results/exitcode", "rw"),
        (OUTER, "/run/s6/basedir/bin/halt", "rx"),
        # The program and its children, which are the same Python.
        (PROGRAM, "/opt/bmw-wallbox/bin/bmw-wallbox", "r"),
        (PROGRAM, "/opt/bmw-wallbox/pyvenv.cfg", "r"),
        (PROGRAM, "/usr/local/bin/python3.14", "mrix"),
        (PROGRAM, "/usr/local/lib/python3.14/lib-dynload/_ssl.cpython-314-aarch64-linux-musl.so", "mr"),
        (PROGRAM, "/opt/bmw-wallbox/lib/python3.14/site-packages/aiohttp/_http_parser.so", "mr"),
        (PROGRAM, "/usr/lib/libsqlite3.so.0", "mr"),
        (PROGRAM, "/lib/ld-musl-aarch64.so.1", "mr"),
        (PROGRAM, "/usr/share/zoneinfo/Europe/Berlin", "r"),
        (PROGRAM, "/etc/localtime", "r"),
        (PROGRAM, "/etc/resolv.conf", "r"),
        (PROGRAM, "/etc/ssl/openssl.cnf", "r"),
        (PROGRAM, "/data/options.json", "r"),
        (PROGRAM, "/data/wallbox.db-wal", "rwk"),
        (PROGRAM, "/data/snapshot.db", "rw"),
        (PROGRAM, "/data/bridge_topic", "rw"),
        (PROGRAM, "/ssl/fullchain.pem", "r"),
        (PROGRAM, "/ssl/live/example.org/privkey.pem", "r"),
        (PROGRAM, "/share/bmw_wallbox/", "rw"),
        (PROGRAM, "/share/bmw_wallbox/2026-11.pdf", "rw"),
        (PROGRAM, "/var/tmp/etilqs_0123456789abcdef", "rwk"),
    ],
)
def test_what_the_app_does_is_allowed(profile: str, path: str, rights: str) -> None:
    assert set(rights) <= allowed(profile, path)


@pytest.mark.parametrize(
    ("profile", "path", "right"),
    [
        (PROGRAM, "/bin/busybox", "x"),
        (PROGRAM, "/usr/bin/curl", "x"),
        (PROGRAM, "/data/tool", "x"),
        (PROGRAM, "/tmp/tool", "x"),
        (PROGRAM, "/share/bmw_wallbox/tool", "x"),
        (PROGRAM, "/data/library.so", "m"),
        (PROGRAM, "/opt/bmw-wallbox/lib/python3.14/site-packages/bmw_wallbox/app.py", "w"),
        (PROGRAM, "/usr/local/lib/python3.14/os.py", "w"),
        (PROGRAM, "/ssl/fullchain.pem", "w"),
        (PROGRAM, "/share/other/file", "r"),
        (PROGRAM, "/share/other/file", "w"),
        (PROGRAM, "/run/s6/container_environment/SUPERVISOR_TOKEN", "r"),
        (PROGRAM, "/etc/shadow", "r"),
        (PROGRAM, "/proc/1/environ", "r"),
        (PROGRAM, "/dev/mem", "r"),
        (PROGRAM, "/homeassistant/secrets.yaml", "r"),
        (OUTER, "/ssl/privkey.pem", "r"),
        (OUTER, "/data/options.json", "r"),
        (OUTER, "/data/wallbox.db", "r"),
        (OUTER, "/share/bmw_wallbox/2026-11.pdf", "r"),
        (OUTER, "/data/tool", "x"),
        (OUTER, "/tmp/tool", "x"),
        (OUTER, "/usr/bin/bash", "w"),
        (OUTER, "/etc/s6-overlay/s6-rc.d/bmw-wallbox/run", "w"),
        (OUTER, "/opt/bmw-wallbox/bin/bmw-wallbox", "w"),
    ],
)
def test_what_the_app_never_does_is_not(profile: str, path: str, right: str) -> None:
    assert right not in allowed(profile, path)
