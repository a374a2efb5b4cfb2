"""Files that strangers made: each fault is one sentence, found before anything large is read or built."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from musicapp.checkpoints import weights
from musicapp.checkpoints.load import load_model
from musicapp.description import header
from musicapp.description.plain_files import parse_json, read_bytes
from musicapp.description.sections import read_json
from musicapp.errors import CheckpointError
from tests.checkpoints import tiny_model


def entry(begin: int = 0, end: int = 8, *, dtype: object = "F32", shape: object = (2,)) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def write(path: Path, values: object, data: bytes = bytes(8), *, length: int | None = None) -> Path:
    """A file in the layout of safetensors; `values` is its header, as JSON text or to become it."""
    text = values if isinstance(values, bytes) else json.dumps(values).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


HEADERS = {
    "a length of 2 GB": (b"{}", {"length": 2 << 30}),
    "a length of 16 exabytes": (b"{}", {"length": 2**64 - 1}),
    "no JSON": (b"not JSON at all", {}),
    "not UTF-8": (b'{"\xff": 1}', {}),
    "a list": ([], {}),
    "nesting": (b"[" * 200_000, {}),
    "a name twice": (b'{"a": 1, "a": 2}', {}),
    "not finite": (b'{"a": NaN}', {}),
    "metadata that are no texts": ({"__metadata__": {"a": 1}, "w": entry()}, {}),
    "no shape": ({"w": {"dtype": "F32", "data_offsets": [0, 8]}}, {}),
    "an unknown dtype": ({"w": entry(dtype="F13")}, {}),
    "a dtype that is no text": ({"w": entry(dtype=["F32"])}, {}),
    "a negative size": ({"w": entry(shape=[-2])}, {}),
    "a size that is no number": ({"w": entry(shape=["2"])}, {}),
    "true as a size": ({"w": entry(0, 4, shape=[True])}, {}),
    "many dimensions": ({"w": entry(0, 4, shape=[1] * 1000)}, {}),
    "an absurd shape": ({"w": entry(shape=[10**12, 10**12])}, {}),
    "offsets behind the end": ({"w": entry(0, 80, shape=[20])}, {}),
    "offsets backwards": ({"w": entry(8, 0)}, {}),
    "negative offsets": ({"w": entry(-8, 0)}, {}),
    "an overlap": ({"v": entry(), "w": entry(4, 12)}, {"data": bytes(12)}),
    "a hole": ({"v": entry(), "w": entry(12, 20)}, {"data": bytes(20)}),
    "bytes behind": ({"w": entry()}, {"data": bytes(9)}),
    "too few bytes": ({"w": entry()}, {"data": bytes(7)}),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_broken_header_is_refused(tmp_path, name):
    values, settings = HEADERS[name]
    path = write(tmp_path / "model.safetensors", values, **settings)
    with pytest.raises(CheckpointError, match="damaged or incomplete") as caught, weights.open_weights(path):
        pass
    assert caught.value.hint and caught.value.detail and "\n" not in caught.value.message


def test_what_the_library_writes_is_read_to_the_bit(tmp_path):
    kinds = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.uint8)
    written = {f"w{i}": (torch.randn(3, 5) * 9).to(kind) for i, kind in enumerate(kinds)}
    written |= {"scalar": torch.tensor(1.5), "empty": torch.zeros(1, 0, 1), "flags": torch.tensor([True, False])}
    save_file(written, tmp_path / "x.safetensors", {"made by": "a test"})
    with weights.open_weights(tmp_path / "x.safetensors") as file:
        assert set(file.keys()) == set(written) and file.metadata() == {"made by": "a test"}
        for name, tensor in written.items():
            assert file.get_tensor(name).dtype == tensor.dtype and torch.equal(file.get_tensor(name), tensor)
            assert file.get_slice(name).get_shape() == list(tensor.shape)


@pytest.mark.parametrize("kind", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_one_number_that_is_not_finite_is_found_wherever_it_is(kind, bad):
    for count in (1, 7, 1000):
        for place in {0, count // 2, count - 1}:
            weight = torch.randn(count).to(kind)
            assert weights.is_finite(weight)
            weight[place] = bad
            assert not weights.is_finite(weight)
    largest = torch.full((100,), torch.finfo(kind).max, dtype=kind)  # a sum of them would overflow
    assert weights.is_finite(largest) and weights.is_finite(torch.zeros(0, dtype=kind))


def test_a_direction_without_length_is_refused(tmp_path):
    state = tiny_model.random_weights(tiny_model.description())
    state["pretransform.model.decoder.layers.0.weight_v"].zero_()
    with pytest.raises(CheckpointError, match="not finite"):
        load_model(tiny_model.write(tmp_path / "m", weights=state))


def test_a_file_that_is_cut_while_it_is_read_is_noticed(tmp_path):
    path = tmp_path / "x.safetensors"
    save_file({"w": torch.zeros(100_000)}, path)
    with pytest.raises(CheckpointError, match="changed while"), weights.open_weights(path) as file:
        os.truncate(path, 4096)
        file.get_tensor("w")


def test_a_file_that_is_written_over_while_it_is_read_is_noticed(tmp_path):
    path = tmp_path / "x.safetensors"
    save_file({"w": torch.zeros(100)}, path)
    with pytest.raises(CheckpointError, match="changed while") as caught, weights.open_weights(path):
        before = path.stat()
        path.write_bytes(path.read_bytes())
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "again" in caught.value.hint


def test_a_file_that_is_replaced_while_it_is_read_does_not_matter(tmp_path):
    path = tmp_path / "x.safetensors"
    save_file({"w": torch.ones(100)}, path)
    save_file({"w": torch.zeros(50)}, tmp_path / "new")
    with weights.open_weights(path) as file:
        weight = file.get_tensor("w")
        assert weight.all()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="This system has no named pipes.")
def test_pipes_and_devices_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "model.safetensors")
    with pytest.raises(CheckpointError, match="no ordinary file"), weights.open_weights(tmp_path / "model.safetensors"):
        pass
    os.mkfifo(tmp_path / "config.json")
    with pytest.raises(CheckpointError, match="no ordinary file"):
        read_json(tmp_path / "config.json")
    with pytest.raises(CheckpointError, match="no ordinary file"):
        read_bytes(Path("/dev/zero"), 1000)


def test_links_stay_in_their_folder_or_in_the_hubs_cache(tmp_path):
    snapshot = tmp_path / "models--a--b" / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (tmp_path / "models--a--b" / "blobs").mkdir()
    (tmp_path / "models--a--b" / "blobs" / "hash").write_text('{"a": 1}')
    (snapshot / "config.json").symlink_to("../../blobs/hash")
    assert read_json(snapshot / "config.json") == {"a": 1}
    (tmp_path / "secret.json").write_text("{}")
    (snapshot / "other.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(CheckpointError, match="link to a place outside"):
        read_json(snapshot / "other.json")
    (snapshot / "circle.json").symlink_to("circle.json")
    with pytest.raises(CheckpointError):
        read_json(snapshot / "circle.json")


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xff\xfe{\0}\0",
        b"{} {}",
        b'{"a": 01}',
    ],
)
def test_json_is_read_by_the_letter(text):
    with pytest.raises((ValueError, RecursionError)):
        parse_json(text)


def test_a_description_of_100_mb_is_not_read(tmp_path):
    with (tmp_path / "model_config.json").open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(CheckpointError, match="far too large"):
        read_json(tmp_path / "model_config.json")


SIZES = [
    ("diffusion.config", "depth", 10**9),
    ("diffusion.config", "embed_dim", 10**12),
    ("diffusion.config", "timestep_features_dim", 10**30),
    ("pretransform.config.decoder.config", "channels", 1 << 16),
    ("pretransform.config.decoder.config", "strides", [2, 1 << 40]),
    ("pretransform.config", "downsampling_ratio", 1 << 62),
    ("pretransform.config", "latent_dim", -3),
    ("diffusion.config", "depth", 200),  # within the limits, but more than the file holds
]


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux keeps the limit of a process’s memory.")
def test_absurd_sizes_are_refused_in_no_memory(tmp_path):
    """One process with 300 MB to spare tries them all: sizes in descriptions, and headers of files."""
    folders = []
    for number, (where, name, value) in enumerate(SIZES):
        values = tiny_model.description()
        section = values["model"]
        for step in where.split("."):
            section = section[step]
        section[name] = value
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "model_config.json").write_text(json.dumps(values))
        write(folder / "model.safetensors", {"w": entry()})
        folders.append(folder)
    folder = tiny_model.write(tmp_path / "header")
    write(folder / "model.safetensors", {"w": entry(shape=[10**6, 10**6], end=4 * 10**12)})
    program = (
        "import resource, sys, pathlib\n"
        "from musicapp.checkpoints.load import load_model\n"
        "from musicapp.errors import CheckpointError\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20),) * 2)\n"
        "for folder in sys.argv[1:]:\n"
        "    try:\n        load_model(pathlib.Path(folder))\n"
        "    except CheckpointError as error:\n        print(error.message)\n"
    )
    command = [sys.executable, "-c", program, *map(str, [*folders, folder])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(SIZES) + 1, done.stdout


def test_the_import_check_needs_no_torch(tmp_path):
    save_file({"w": torch.zeros(2)}, tmp_path / "x.safetensors")
    assert header.check_file(tmp_path / "x.safetensors").entries["w"].shape == (2,)
    program = "import sys, musicapp.description.header; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_readmes_way_to_convert_a_pickle_makes_a_model_that_loads(tmp_path, monkeypatch):
    folder = tiny_model.write(tmp_path / "m")
    torch.save({"state_dict": load_file(folder / "model.safetensors")}, folder / "model.ckpt")
    (folder / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match="can run programs") as caught:
        load_model(folder)
    assert "README" in caught.value.hint
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    block = text.partition("your own file you can convert:")[2].partition("\n## ")[0]
    monkeypatch.chdir(folder)
    exec(textwrap.dedent(block), {})
    load_model(folder)
