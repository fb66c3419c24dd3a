"""The lines a restore writes for .env are read as what they were."""

import subprocess

import environ
import pytest

from offenbach_wir.backup import environment

VALUES = [
    "plain-0123_~=",
    "with space and # and $HOME",
    "it's",
    'it\'s "quoted" \\ `ls` $HOME',
    "WIR-Portal <portal@example.org>",
    "Regierungspräsidium Darmstadt,Luisenplatz 2",
]


@pytest.mark.parametrize("value", VALUES)
def test_shell_reads_what_was_meant(tmp_path, value):
    path = tmp_path / "restored.env"
    path.write_text(environment.line("KEY", value))
    script = f'. {path}; printf %s "$KEY"'
    read = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert read.stdout == value


@pytest.mark.parametrize("value", VALUES)
def test_portal_reads_what_was_meant(tmp_path, monkeypatch, value):
    monkeypatch.setattr(environ.Env, "ENVIRON", {})
    path = tmp_path / "restored.env"
    path.write_text(environment.line("KEY", value))
    environ.Env.read_env(path)
    assert environ.Env.ENVIRON["KEY"] == value


def test_keys_and_addresses_are_in_it_and_the_key_of_the_backups_is_not(settings, monkeypatch):
    for name in ("BACKUP_KEY", "DATABASE_URL", "EMAIL_URL"):
        monkeypatch.setenv(name, "must-stay-here")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old", "older"]
    lines = environment.lines()
    assert "SECRET_KEY=new\nSECRET_KEY_FALLBACKS=old,older\n" in lines
    assert "must-stay-here" not in lines
