"""Downloads from a hub that behaves and misbehaves: whole, checked, resumable, and every failure in words."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest

from musicapp.errors import CheckpointError, DownloadError, LicenceNeeded, ModelStoreError
from musicapp.store import download, known, sources
from musicapp.store.hub import RemoteFile
from tests.store.conftest import description, model_files
from tests.store.hub_server import STRANGER, TOKEN, Hub, Repository

MODEL, ENCODER = known.find("stable-audio-open-small"), known.find("t5-base")
WEIGHTS = "model.safetensors"


def fetch(item: known.Known, models: Path, *, token: str = TOKEN, revision: str = "main") -> list[download.Progress]:
    return list(download.fetch(item, models, token=token, revision=revision))


def weights_of(hub: Hub) -> bytes:
    return hub.repositories[MODEL.repository].files[WEIGHTS]


def test_a_model_arrives_whole_and_says_where_it_came_from(hub: Hub, models: Path) -> None:
    steps = fetch(MODEL, models)
    folder, repository = models / MODEL.key, hub.repositories[MODEL.repository]
    assert {path.name for path in folder.iterdir()} == {*MODEL.files, "LICENSE.md", sources.RECORD}
    for name in (*MODEL.files, "LICENSE.md"):
        assert (folder / name).read_bytes() == repository.files[name]
    source = sources.read(folder)
    assert source is not None and (source.repository, source.commit) == (MODEL.repository, repository.commit)
    checksums = {file.name: file.checksum for file in source.files}
    assert checksums[WEIGHTS] == hashlib.sha256(repository.files[WEIGHTS]).hexdigest()
    assert steps[-1].done_bytes == steps[-1].total_bytes == sum(file.size_bytes for file in source.files)
    assert [s.done_bytes for s in steps[1:]] == sorted(s.done_bytes for s in steps[1:])
    assert not list((models / sources.UNFINISHED).glob("*/*"))


def test_what_is_here_is_not_asked_for_again(hub: Hub, models: Path) -> None:
    fetch(ENCODER, models, token="")
    hub.log.clear()
    assert fetch(ENCODER, models, token="") == [] and hub.log == []


def test_the_token_goes_to_the_hub_and_not_to_where_it_redirects(hub: Hub, models: Path) -> None:
    fetch(MODEL, models)
    assert all(served.authorised for served in hub.log if not served.path.startswith("/bytes/"))
    assert hub.bodies(WEIGHTS) and not any(served.authorised for served in hub.bodies(WEIGHTS))


def test_a_pause_goes_on_where_it_was(hub: Hub, models: Path) -> None:
    run, size = download.fetch(MODEL, models, token=TOKEN), len(weights_of(hub))
    for progress in run:
        if progress.done_bytes > size // 3:
            break
    run.close()  # type: ignore[attr-defined]
    part = models / sources.UNFINISHED / MODEL.key / f"{WEIGHTS}.part"
    had = part.stat().st_size
    assert 0 < had < size
    hub.log.clear()
    fetch(MODEL, models)
    assert [served.start for served in hub.bodies(WEIGHTS)] == [had]
    assert (models / MODEL.key / WEIGHTS).read_bytes() == weights_of(hub)


def test_a_resumed_download_keeps_its_commit(hub: Hub, models: Path) -> None:
    run = download.fetch(MODEL, models, token=TOKEN)
    next(p for p in run if p.phase == "fetching")
    run.close()  # type: ignore[attr-defined]
    begun, hub.log[:] = hub.repositories[MODEL.repository].commit, []
    fetch(MODEL, models, revision="another")
    assert not any(served.path.startswith("/api/") for served in hub.log)
    assert (source := sources.read(models / MODEL.key)) and source.commit == begun


def test_a_connection_that_breaks_off_is_taken_up_again(hub: Hub, models: Path) -> None:
    hub.cut_after = (50_000, 3)
    fetch(MODEL, models)
    assert [served.start for served in hub.bodies(WEIGHTS)][:4] == [0, 50_000, 100_000, 150_000]
    assert hub.sent_of(WEIGHTS) == len(weights_of(hub))


def test_a_connection_that_always_breaks_off_is_given_up_and_nothing_is_lost(hub: Hub, models: Path) -> None:
    run = download.fetch(MODEL, models, token=TOKEN)
    next(p for p in run if p.phase == "fetching")
    run.close()  # type: ignore[attr-defined]
    hub.cut_after = (-1, 99)  # the headers come, then nothing
    with pytest.raises(DownloadError, match="broke off") as caught:
        fetch(MODEL, models)
    assert "kept" in caught.value.hint
    hub.cut_after = (0, 0)
    fetch(MODEL, models)
    assert (models / MODEL.key / WEIGHTS).read_bytes() == weights_of(hub)


def test_slowing_down_is_obeyed(hub: Hub, models: Path) -> None:
    hub.throttle = 2
    waits = [step for step in fetch(ENCODER, models, token="") if step.phase == "waiting"]
    assert {served.status for served in hub.log[:2]} == {429}
    assert max(step.wait_s for step in waits) > 0.7  # the server asked for one second
    assert (models / ENCODER.key).is_dir()


def test_being_asked_to_wait_for_hours_is_said_instead(hub: Hub, models: Path) -> None:
    hub.throttle, hub.retry_after = 1, "7200"
    with pytest.raises(DownloadError, match="asks to slow down") as caught:
        fetch(ENCODER, models, token="")
    assert "later" in caught.value.hint


def test_a_server_with_problems_is_asked_again(hub: Hub, models: Path) -> None:
    hub.broken = 2
    fetch(MODEL, models)
    assert [served.status for served in hub.bodies(WEIGHTS)] == [500, 500, 200]


def test_a_damaged_file_is_fetched_once_more(hub: Hub, models: Path) -> None:
    hub.corrupt = 1
    fetch(MODEL, models)
    assert (models / MODEL.key / WEIGHTS).read_bytes() == weights_of(hub)
    assert hub.sent_of(WEIGHTS) == 2 * len(weights_of(hub))


def test_a_file_that_arrives_damaged_twice_is_refused(hub: Hub, models: Path) -> None:
    hub.corrupt = 2
    with pytest.raises(DownloadError, match="damaged twice"):
        fetch(MODEL, models)
    assert not (models / MODEL.key).exists()
    assert not list((models / sources.UNFINISHED / MODEL.key).glob(f"{WEIGHTS}*"))


def test_a_server_that_knows_no_ranges_sends_it_all_again(hub: Hub, models: Path) -> None:
    hub.cut_after, hub.ignore_ranges = (50_000, 1), True
    fetch(MODEL, models)
    assert (models / MODEL.key / WEIGHTS).read_bytes() == weights_of(hub)


@pytest.mark.parametrize(
    ("token", "sentence", "hint"),
    [
        ("", "only to people who accepted its licence", "/settings/tokens"),
        (STRANGER, "has not been accepted by the account", "/stabilityai/stable-audio-open-small"),
        ("hf_nobody_knows_this_one", "does not accept the token", "/settings/tokens"),
    ],
)
def test_a_gated_model_asks_for_licence_and_token(
    hub: Hub, models: Path, caplog: pytest.LogCaptureFixture, token: str, sentence: str, hint: str
) -> None:
    with caplog.at_level("DEBUG"), pytest.raises(LicenceNeeded, match=sentence) as caught:
        fetch(MODEL, models, token=token)
    assert f"{hub.address}{hint}" in caught.value.hint
    assert not token or token not in f"{caplog.text} {caught.value.message} {caught.value.hint} {caught.value.detail}"
    assert hub.bodies(WEIGHTS) == []


def test_what_is_not_there_is_said(hub: Hub, models: Path) -> None:
    with pytest.raises(DownloadError, match="has no repository google-t5/t5-base"):
        encoder = hub.repositories.pop(ENCODER.repository)
        fetch(ENCODER, models, token="")
    hub.repositories[ENCODER.repository] = Repository({k: v for k, v in encoder.files.items() if k != WEIGHTS})
    with pytest.raises(DownloadError, match=f"has no {WEIGHTS}"):
        fetch(ENCODER, models, token="")
    with pytest.raises(DownloadError, match="does not exist in the revision"):
        fetch(MODEL, models, revision="v9")


def test_no_network_is_said_at_once(hub: Hub, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(DownloadError, match="cannot be reached") as caught:
        fetch(ENCODER, models)
    assert "Check the network" in caught.value.hint


def test_an_answer_that_is_no_answer(hub: Hub, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.store.hub_server.json.dumps", lambda _: "<html>Log in to this network</html>")
    with pytest.raises(DownloadError, match="makes no sense"):
        fetch(ENCODER, models)


def test_a_full_disk_is_seen_before(hub: Hub, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"total": 1 << 40, "free": 70 << 20})
    monkeypatch.setattr("musicapp.paths.shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr(download, "SPARE_BYTES", 70 << 20)
    with pytest.raises(ModelStoreError, match=r"needs .* more, but only 73 MB are free"):
        fetch(MODEL, models)
    assert hub.bodies(WEIGHTS) == []


def test_a_full_disk_during_a_download_keeps_what_arrived(
    hub: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, write = [0], download._write

    def full(out: object, piece: bytes) -> None:
        if written[0] > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        written[0] += len(piece)
        write(out, piece)

    with monkeypatch.context() as patch, pytest.raises(ModelStoreError, match="full") as caught:
        patch.setattr(download, "_write", full)
        fetch(MODEL, models)
    assert "Make room" in caught.value.hint
    had = (models / sources.UNFINISHED / MODEL.key / f"{WEIGHTS}.part").stat().st_size
    assert had > 50_000
    fetch(MODEL, models)
    assert hub.bodies(WEIGHTS)[-1].start == had


def test_a_folder_that_cannot_be_written(hub: Hub, models: Path) -> None:
    models.parent.mkdir(parents=True)
    models.write_bytes(b"a file where the folder should be")
    with pytest.raises(ModelStoreError, match="Nothing can be written"):
        fetch(ENCODER, models)


def test_a_mirror_with_tags_of_its_own_is_checked_by_size(hub: Hub, models: Path) -> None:
    hub.tag = "W/5f3a"
    fetch(ENCODER, models, token="")
    assert (models / ENCODER.key).is_dir()


def test_a_record_with_foreign_names_is_not_followed(hub: Hub, models: Path) -> None:
    place = models / sources.UNFINISHED / ENCODER.key
    place.mkdir(parents=True)
    evil = RemoteFile("../../../evil.json", 3, "0" * 40)
    sources.write(place, ENCODER.key, sources.Source(ENCODER.repository, "main", "", (evil,)))
    fetch(ENCODER, models, token="")
    assert (models / ENCODER.key / WEIGHTS).is_file() and not list(models.parent.glob("**/evil*"))


def test_two_at_once_do_not_spoil_each_other(hub: Hub, models: Path) -> None:
    first = download.fetch(MODEL, models, token=TOKEN)
    next(p for p in first if p.phase == "fetching")
    with pytest.raises(ModelStoreError, match="fetched already"):
        fetch(MODEL, models)
    assert list(first)[-1].phase == "checking" and (models / MODEL.key).is_dir()


def test_a_model_that_the_app_cannot_open_does_not_appear(hub: Hub, models: Path) -> None:
    files = {"model_config.json": description(model_type="autoregressive"), WEIGHTS: model_files()[WEIGHTS]}
    hub.repositories[MODEL.repository] = Repository(files)
    with pytest.raises(CheckpointError):
        fetch(MODEL, models)
    assert not (models / MODEL.key).exists()


def test_downloads_can_be_switched_off(hub: Hub, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError, match="switched off"):
        fetch(ENCODER, models)
    assert hub.log == []
