from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from connector.errors import SetupError
from connector.settings import Settings, ensure_master_key

KEY = "dGhpcnR5LXR3byBieXRlcyBmb3IgYSBtYXN0ZXIhISE="
OTHER_KEY = "YW5vdGhlciB0aGlydHktdHdvIGJ5dGVzIG9mIGEga2U="


def settings_in(folder: Path, **more: str) -> Settings:
    return Settings.read({"INTACCT_DATA_DIR": str(folder), **more})


def test_nothing_has_to_be_set() -> None:
    settings = Settings.read({})
    assert settings.data_dir == Path.cwd() / ".intacct"
    assert settings.database_url == f"sqlite:///{settings.data_dir}/intacct.db"
    assert settings.redis_url == ""
    assert settings.public_url == "http://127.0.0.1:8765"
    assert settings.master_key_file == settings.data_dir / "master.key"
    assert settings.allowed_origins == ()
    assert settings.sweep_seconds == 15
    assert settings.run_lease_seconds == 60
    assert settings.call_seconds == 120
    assert settings.settle_after_seconds == 30
    assert settings.look_up_delays == (30, 120, 600)
    assert settings.limit_raise_seconds == 60
    assert settings.probe_seconds == 30
    assert settings.clock_offset_seconds == 0


def test_the_public_url_follows_the_address_that_is_served() -> None:
    settings = Settings.read({"INTACCT_WEB_ADDRESS": "127.0.0.1:9000"})
    assert settings.web_address == ("127.0.0.1", 9000)
    assert settings.public_url == "http://127.0.0.1:9000"


def test_blank_counts_as_not_given() -> None:
    assert Settings.read({"INTACCT_LOG_LEVEL": " "}).log_level == "INFO"


def test_what_is_set_is_read() -> None:
    settings = Settings.read(
        {
            "INTACCT_DATABASE_URL": "postgresql://u:p@db/books",
            "INTACCT_REDIS_URL": "rediss://cache:6379/0",
            "INTACCT_PUBLIC_URL": "https://intacct.example.com/",
            "INTACCT_LOG_LEVEL": "debug",
            "INTACCT_ALLOWED_ORIGINS": "127.0.0.1:8770, LocalHost:8771,[::1]:80",
            "INTACCT_SWEEP_SECONDS": "0.2",
            "INTACCT_LOOK_UP_DELAYS": "0.1, 2",
            "INTACCT_CLOCK_OFFSET_SECONDS": "-3600",
        }
    )
    assert settings.database_url == "postgresql://u:p@db/books"
    assert settings.redis_url == "rediss://cache:6379/0"
    assert settings.public_url == "https://intacct.example.com"
    assert settings.log_level == "DEBUG"
    assert settings.allowed_origins == ("127.0.0.1:8770", "localhost:8771", "[::1]:80")
    assert settings.sweep_seconds == 0.2
    assert settings.look_up_delays == (0.1, 2)
    assert settings.clock_offset_seconds == -3600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTACCT_DATABASE_URL", "mysql://db/books"),
        ("INTACCT_REDIS_URL", "cache:6379"),
        ("INTACCT_PUBLIC_URL", "intacct.example.com"),
        ("INTACCT_PUBLIC_URL", "https://x/?a=b"),
        ("INTACCT_LOG_LEVEL", "loud"),
        ("INTACCT_ALLOWED_ORIGINS", "127.0.0.1"),
        ("INTACCT_ALLOWED_ORIGINS", "http://127.0.0.1:80"),
        ("INTACCT_ALLOWED_ORIGINS", "127.0.0.1:70000"),
        ("INTACCT_WEB_ADDRESS", "8765"),
        ("INTACCT_WEB_ADDRESS", "a:1,b:2"),
        ("INTACCT_SANDBOX_ADDRESS", "127.0.0.1:0"),
        ("INTACCT_SWEEP_SECONDS", "0"),
        ("INTACCT_SWEEP_SECONDS", "-1"),
        ("INTACCT_RUN_LEASE_SECONDS", "soon"),
        ("INTACCT_CALL_SECONDS", "nan"),
        ("INTACCT_SETTLE_AFTER_SECONDS", "1e3"),
        ("INTACCT_LOOK_UP_DELAYS", "30,,600"),
        ("INTACCT_PROBE_SECONDS", "0"),
        ("INTACCT_CLOCK_OFFSET_SECONDS", "+1h"),
        ("INTACCT_KEEP_RUNS_DAYS", "-1"),
        ("INTACCT_KEEP_RUNS_DAYS", "1.5"),
        ("INTACCT_CLOCK_OFFSET_SECONDS", "-700000"),
    ],
)
def test_a_wrong_value_names_its_variable_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SetupError) as caught:
        Settings.read({name: value})
    assert caught.value.title.startswith(f"{name} must be")
    assert caught.value.title.count(". ") == 0


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.read({}).log_level = "DEBUG"  # type: ignore[misc] # the claim itself


def test_described_settings_hide_passwords_and_name_their_source() -> None:
    settings = Settings.read(
        {
            "INTACCT_DATABASE_URL": "postgresql://ann:p@ss:word@db/books",
            "INTACCT_REDIS_URL": "redis://:hidden@cache:6379/0",
            "INTACCT_MASTER_KEY": KEY,
        }
    )
    described = {item.name: item for item in settings.describe()}
    assert described["INTACCT_DATABASE_URL"].value == "postgresql://ann:•••@db/books"
    assert described["INTACCT_REDIS_URL"].value == "redis://:•••@cache:6379/0"
    assert described["INTACCT_MASTER_KEY"][1:] == ("•••", "environment", True)
    assert described["INTACCT_LOOK_UP_DELAYS"][1:] == ("30,120,600", "default", False)
    assert len(described) == len(dataclasses.fields(settings)) - 2  # but ``given``, ``chosen``
    for secret in (KEY, "p@ss", "word", "hidden"):
        assert secret not in str(settings.describe())
        assert secret not in repr(settings)


def test_a_first_start_makes_a_private_key_and_later_ones_keep_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "new")
    ensure_master_key(settings)
    first = settings.master_keys()
    assert len(first) == 1
    assert settings.master_key_file.stat().st_mode & 0o777 == 0o600
    ensure_master_key(settings)
    assert settings.master_keys() == first
    assert list((tmp_path / "new").iterdir()) == [settings.master_key_file]


def test_a_key_file_that_was_named_is_never_made(tmp_path: Path) -> None:
    """A named file that is missing is a forgotten mount; a new key would open nothing."""
    settings = settings_in(tmp_path, INTACCT_MASTER_KEY_FILE=str(tmp_path / "mounted"))
    ensure_master_key(settings)
    with pytest.raises(SetupError, match="mounted is missing"):
        settings.master_keys()


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="is missing"):
        settings_in(tmp_path).master_keys()


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644, 0o777])
def test_a_key_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    settings = settings_in(tmp_path)
    ensure_master_key(settings)
    settings.master_key_file.chmod(mode)
    with pytest.raises(SetupError, match="every account"):
        settings.master_keys()


@pytest.mark.parametrize(
    "text", ["", "secret", KEY[:-4], "A" * 43 + "=", f"{KEY},short", KEY.replace("=", "ü")]
)
def test_a_malformed_key_is_refused(tmp_path: Path, text: str) -> None:
    settings = settings_in(tmp_path)
    settings.master_key_file.write_text(text)
    settings.master_key_file.chmod(0o600)
    with pytest.raises(SetupError, match="master key") as caught:
        settings.master_keys()
    assert KEY[:10] not in caught.value.title


@pytest.mark.parametrize("separator", [",", "\n", " ,\r\n"])
def test_several_keys_are_read_in_order(tmp_path: Path, separator: str) -> None:
    both = f"{KEY}{separator}{OTHER_KEY}"
    assert settings_in(tmp_path, INTACCT_MASTER_KEY=both).master_keys() == (KEY, OTHER_KEY)


def test_a_key_and_a_key_file_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="both set"):
        settings_in(tmp_path, INTACCT_MASTER_KEY=KEY, INTACCT_MASTER_KEY_FILE="x")


def test_a_default_that_is_handed_to_a_child_is_no_choice() -> None:
    """Else the console would call everything a choice of the administrator's."""
    parent = Settings.read({"INTACCT_LOG_LEVEL": "DEBUG"})
    child = Settings.read(parent.environment())
    sources = {one.name: one.source for one in child.describe()}
    assert sources["INTACCT_LOG_LEVEL"] == "environment"
    assert sources["INTACCT_SWEEP_SECONDS"] == "default"
    untouched = Settings.read(Settings.read({}).environment())
    assert {one.source for one in untouched.describe()} == {"default"}
