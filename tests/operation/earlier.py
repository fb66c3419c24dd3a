"""Earlier states of the portal, from the project's own history: a tag for each step."""

import io
import subprocess
import tarfile

import pytest

from tests.server import ROOT

# Where a copy of the repository came without its tags, the commit is found by its number.
STEPS = {
    "step-1": "6ac18043782e6b254a34123100c5a14d290544f0",
    "step-2": "0a24b0fd42ba204e96ec4f49b8d97c8aa34a2357",
}


def code_of(step, folder):
    """The folder with the code of that step; without the project's history the test is left out."""
    for name in (step, STEPS[step]):
        archive = subprocess.run(
            ["git", "archive", name], cwd=ROOT, capture_output=True, check=False
        )
        if archive.returncode == 0:
            with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
                packed.extractall(folder, filter="data")
            return folder
    pytest.skip(f"The project's history with {step} is not here (a shallow or unpacked copy).")
