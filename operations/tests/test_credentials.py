"""Generated secrets: kept, private, and never half-written."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hexawatt import credentials
from hexawatt.settings import Settings


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_kept(settings: Settings) -> None:
    made = credentials.load_or_make(settings)
    assert credentials.load_or_make(settings) == made
    assert made.airflow_password != made.superset_password


def test_every_file_with_a_secret_is_its_owners_alone(settings: Settings) -> None:
    made = credentials.load_or_make(settings)
    passwords = credentials.airflow_passwords_file(settings, made)
    holding = [
        path for path in settings.state.rglob("*") if path.is_file() and made.airflow_password in path.read_text()
    ]
    assert set(holding) == {settings.credentials_file, settings.run / "secrets", passwords}
    assert {mode(path) for path in holding} == {0o600}


def test_a_file_that_was_opened_to_others_is_closed_again(settings: Settings) -> None:
    credentials.load_or_make(settings)
    settings.credentials_file.chmod(0o644)
    credentials.load_or_make(settings)
    assert mode(settings.credentials_file) == 0o600


def test_secrets_do_not_show_in_a_traceback_or_log(settings: Settings) -> None:
    made = credentials.load_or_make(settings)
    assert made.airflow_password not in repr(made)


def test_services_that_start_at_the_same_time_agree(settings: Settings) -> None:
    credentials.load_or_make(settings)
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(credentials.load_or_make, settings) for _ in range(200)]
    assert len({future.result().airflow_password for future in futures}) == 1
    assert [path.name for path in settings.state.iterdir() if path.name.startswith(".")] == []


def test_the_page_names_users_passwords_and_addresses(settings: Settings) -> None:
    made = credentials.load_or_make(settings)
    page = settings.credentials_file.read_text()
    for text in (made.airflow_password, made.superset_password, str(settings.airflow_port), credentials.USER):
        assert text in page
