"""The transfer benchmark gives each compared program only the processor time of a Lambda function.

If this machine cannot limit the time, the benchmark prints no processor time.
"""

import shutil
from pathlib import Path

import pytest

from bench import cage, transfer_tables

TAKEN = {
    "relay": [{"seconds": 7.0, "cpu": 0.5}],
    "ours": [{"seconds": 7.1, "cpu": 0.7, "rss": 1024 * 1024}],
}


@pytest.fixture
def cgroups(tmp_path, monkeypatch) -> Path:
    """A folder like /sys/fs/cgroup. The kernel would remove the files in a cgroup together with the cgroup."""
    monkeypatch.setattr(cage, "_CGROUPS", tmp_path)
    monkeypatch.setattr(Path, "rmdir", shutil.rmtree)
    return tmp_path


@pytest.mark.parametrize(
    ("controller", "limits"),
    [
        ("cpu", {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "28942"}),
        ("", {"cpu.max": "28942 100000"}),
    ],
)
def test_a_lambda_of_512_mb_has_the_share_of_its_memory(cgroups, controller, limits):
    (cgroups / controller).mkdir(exist_ok=True)

    with cage.cpu_cage(512) as made:
        assert made is not None
        written = {file.name: file.read_text() for file in made.iterdir()}

    assert (made.parent, written) == (cgroups / controller, limits)
    assert not made.exists()


def test_without_a_cpu_cgroup_no_processor_time_is_printed(capsys, monkeypatch):
    monkeypatch.setattr(cage, "_CGROUPS", Path("/dev/null"))

    with cage.cpu_cage(512) as made:
        print(transfer_tables.explain_run(made))
    transfer_tables.print_table(TAKEN, 1024**3, 6.7, with_cpu=False)
    without = capsys.readouterr().out
    transfer_tables.print_table(TAKEN, 1024**3, 6.7, with_cpu=True)

    assert "no processor time is printed" in without
    assert "| Dropcast's transfer | 7.10 (7.10–7.10) | 0.944 |  |  |  | 1.0 |" in without
    assert "| Dropcast's transfer | 7.10 (7.10–7.10) | 0.944 |  | 0.70 | 1.40 | 1.0 |" in capsys.readouterr().out
