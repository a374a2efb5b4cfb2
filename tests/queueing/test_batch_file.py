"""Rows of CSV and JSON lines: what is read, which seeds come, and what is wrong, by line."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicapp.errors import RequestError
from musicapp.library import names
from musicapp.queueing import batch_file
from musicapp.request import Lora, TakeRequest


def read(folder: Path, text: str | bytes, name: str = "a.csv") -> batch_file.Rows:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return batch_file.read(file)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_of_every_program_says_the_same(tmp_path: Path, delimiter: str, start: bytes, ending: str) -> None:
    lines = [
        "prompt,seconds,seed,steps,guidance,negative,lora",
        '"calm piano,\nslow",1:30,7,20,"2,5",drums,',
        "",
        "harp,,,,,,",
    ]
    text = ending.join(lines)
    if delimiter != ",":
        text = text.replace(",", delimiter).replace(f"piano{delimiter}", "piano,").replace(f"2{delimiter}5", "2,5")
    found = read(tmp_path, start + text.encode())
    assert found.faults == []
    first, second = found.rows
    request = first.request
    assert (request.prompt, request.duration_s, request.seed) == ("calm piano, slow", 90.0, 7)
    assert (request.steps, request.guidance_scale, request.negative_prompt) == (20, 2.5, "drums")
    assert (second.request.prompt, second.request.duration_s) == ("harp", 30.0)
    assert (first.line, second.line) == (2, 5)


def test_csv_as_spreadsheets_and_tables_save_it(tmp_path: Path) -> None:
    """Unicode text, old line ends, a line that states the separator, empty columns, whole numbers with a point."""
    rows = 'sep=;\nprompt;seconds;seed;;\n"calm, slow\npiano";1:30;7.0;;\nharp, soft, low, warm;12,5;;;\n'
    for content in (
        rows.encode("utf-16"),
        b"\xfe\xff" + rows.encode("utf-16-be"),
        rows.replace("\n", "\r").encode(),
        rows.removeprefix("sep=;\n").replace("\n", "\r").encode(),
        b"\xef\xbb\xbf\r\n" + rows.replace("sep=;", '"SEP=;"').replace("\n", "\r\n").encode(),
        rows.replace(";", "|").encode(),
    ):
        found = read(tmp_path, content)
        assert found.faults == [], content
        first, second = (row.request for row in found.rows)
        assert (first.prompt, first.duration_s, first.seed) == ("calm, slow piano", 90.0, 7)
        assert (second.prompt, second.duration_s) == ("harp, soft, low, warm", 12.5)


@pytest.mark.parametrize("first", ['sep="', '"sep=""', "sep=", "sep=;;"])
def test_a_line_that_states_no_separator_is_told(tmp_path: Path, first: str) -> None:
    found = read(tmp_path, f"{first}\nprompt,seed\na,7")
    assert found.rows == [] and [fault.line for fault in found.faults] == [1]


def test_numbers_that_may_be_others_are_refused(tmp_path: Path) -> None:
    table = "prompt,seed\na,1.000\nb,7.5\nc,4.3E+09\nd,1_0\ne,+7"
    found = read(tmp_path, table)
    assert [fault.line for fault in found.faults] == [2, 3, 4, 5]
    assert [row.request.seed for row in found.rows] == [7]
    lines = ['{"prompt": "a", "seed": 7.0}', '{"prompt": "b", "seed": 7.5}', '{"prompt": "c", "seed": NaN}']
    found = read(tmp_path, "\n".join(lines), "a.jsonl")
    assert [fault.line for fault in found.faults] == [2, 3] and found.rows[0].request.seed == 7


def test_text_in_a_column_without_a_name_is_told_by_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, ",prompt\n0,calm piano\n,harp\n")
    assert [str(fault) for fault in found.faults] == [
        "Line 2: Column 1 has text, but no name in the first line. Name it, or take it out."
    ]
    assert [row.request.prompt for row in found.rows] == ["harp"]


def test_json_lines_know_kinds_and_every_setting_of_a_request(tmp_path: Path) -> None:
    values = {
        "prompt": "harp",
        "duration_s": 12.5,
        "seed": 2**32 - 1,
        "loras": [{"path": "a.safetensors", "strength": 0.5}],
    }
    found = read(tmp_path, json.dumps(values) + '\n\n{"prompt": "harp", "lora": "b.safetensors:0.25;c"}', "a.jsonl")
    assert found.faults == []
    one, two = (row.request for row in found.rows)
    assert (one.seed, one.duration_s, one.loras) == (
        2**32 - 1,
        12.5,
        (Lora(str(Path("a.safetensors").absolute()), 0.5),),
    )
    assert [(Path(lora.path).name, lora.strength) for lora in two.loras] == [("b.safetensors", 0.25), ("c", 1.0)]
    assert {field.name for field in fields(TakeRequest)} - {"take_id"} <= set(batch_file.COLUMNS)
    again = read(tmp_path, json.dumps(one.as_dict() | {"take_id": None}).replace(', "take_id": null', ""), "b.jsonl")
    assert "take_id" in str(again.faults[0]) or again.rows[0].request == one


def test_bars_and_settings_with_parts(tmp_path: Path) -> None:
    source = {"path": "/sounds/harp.wav", "variation": 0.5}
    rows = [
        {"prompt": "waltz, in 3/4, 90 bpm", "seconds": "8 bars"},
        {"prompt": "harp", "source": source, "seconds": 5},
        {"prompt": "loop, 120 bpm", "loop": {"bars": 4, "bpm": 120.0}, "seconds": 8},
    ]
    found = read(tmp_path, "\n".join(map(json.dumps, rows)), "a.jsonl")
    assert found.faults == []
    waltz, varied, looped = (row.request for row in found.rows)
    assert waltz.duration_s == 8 * 3 * 60 / 90
    assert varied.source is not None and varied.source.as_dict() == source
    assert looped.loop is not None and (looped.loop.bars, looped.loop.bpm) == (4, 120.0)
    cells = json.dumps(source).replace('"', '""')
    again = read(tmp_path, f'prompt,seconds,source\nharp,5,"{cells}"\n')
    assert [row.request.source for row in again.rows] == [varied.source]


def test_seeds_come_from_the_words_and_stay(tmp_path: Path) -> None:
    first = read(tmp_path, "prompt,seconds\nharp,5\nharp,5\npiano,5\n").rows
    second = read(tmp_path, "prompt,seconds\nnew,5\nharp,5\npiano,5\nharp,5\n").rows
    assert len({row.request.seed for row in first}) == 3
    assert {row.key for row in first} < {row.key for row in second}
    assert {row.request for row in first} < {row.request for row in second}  # ids too
    assert len({row.name for row in second}) == 4


FAULTS = {
    "prompt,colour\nharp,red\n": "Line 1: The column “colour” is not known. Known are",
    "prompt,secnds\nharp,3\n": "Line 1: The column “secnds” is not known. Meant is perhaps “seconds”.",
    "prompt,seconds,length\nharp,3,4\n": "Line 1: Two columns are “duration_s”.",
    "seconds,seed\n3,4\n": "Line 1: There is no column “prompt”.",
    "prompt,seed\nharp,4\nharp,x\n": "Line 3: “seed” is a whole number, not “x”.",
    "prompt,seed\n\nharp,4294967296\n": "Line 3: The seed 4294967296 is out of range.",
    "prompt,seconds\nharp,soon\n": "Line 2: “soon” is not a length of time.",
    "prompt,seconds\nharp,-3\n": "Line 2: A length is a positive time",
    "prompt,seconds\n,3\n": "Line 2: There is no prompt.",
    "prompt,guidance\nharp,nan\n": "Line 2: A guidance of nan cannot be used.",
    "prompt,steps\nharp,0\n": "Line 2: 0 steps cannot be made.",
    "prompt\nharp, slow\n": "Line 2: It has 2 cells, the first line names 1.",
    'prompt\n"harp\n': "Line 2: It is not CSV.",
    "prompt,seed\nharp,4\npiano,4\nharp,4\n": "Line 4: It asks for the same take as line 2.",
    "prompt,name\nharp,a/b\n": "Line 2: “a/b” cannot name a file.",
    "prompt,name\nharp,one\npiano,ONE\n": "Line 3: Line 2 has the name “ONE” already.",
    "prompt,seconds\nslow harp,8 bars\n": "Line 2: The prompt states no tempo, so bars have no length.",
    "prompt,source\nharp,a.wav\n": "Line 2: “source” cannot be used: a.wav.",
    "prompt,device\nharp,gpu\n": "Line 2: “gpu” is not a device.",
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults_are_named_by_line(tmp_path: Path, text: str) -> None:
    (fault,) = read(tmp_path, text).faults
    assert str(fault).startswith(FAULTS[text]), fault
    assert fault.hint


JSON_FAULTS = {
    '{"prompt": "harp"}\n{"prompt": ': "Line 2: It is not JSON.",
    "[1]": "Line 1: It is no JSON object.",
    '{"prompt": "harp", "sed": 3}': "Line 1: The column “sed” is not known. Meant is perhaps “seed”.",
    '{"prompt": 3}': "Line 1: “prompt” is text, not 3.",
    '{"prompt": "harp", "seed": 1.5}': "Line 1: “seed” is a whole number, not “1.5”.",
    '{"prompt": "harp", "seed": true}': "Line 1: “seed” is a number, not True.",
    '{"prompt": "harp", "seconds": [1]}': "Line 1: “[1]” is not a length of time.",
    '{"prompt": "harp", "loras": [3]}': "Line 1: “3” is no adapter.",
    '{"prompt": "harp", "guidance": 1e999}': "Line 1: A guidance of inf cannot be used.",
    '{"prompt": "harp", "name": 3}': "Line 1: “3” cannot name a file.",
    '{"prompt": "harp", "source": {"way": 3}}': "Line 1: “source” cannot be used",
    '{"prompt": "harp", "loop": 3}': "Line 1: “loop” cannot be used",
    "[" * 100_000: "Line 1: It is not JSON.",
}


@pytest.mark.parametrize("text", JSON_FAULTS, ids=lambda text: text[:30])
def test_faults_of_json_lines(tmp_path: Path, text: str) -> None:
    (fault,) = read(tmp_path, text, "a.jsonl").faults
    assert str(fault).startswith(JSON_FAULTS[text]), fault


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("a.csv", b"\xff\xfe\x00", "is not text in UTF-8"), ("a.txt.zip", b"PK", "neither .csv nor .jsonl")],
)
def test_files_that_are_something_else(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        read(tmp_path, content, name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        batch_file.read(tmp_path / "nothing.csv")


CELLS = st.text(max_size=12)


@given(st.lists(st.lists(CELLS, max_size=4), max_size=5), st.sampled_from([".csv", ".jsonl"]))
def test_whatever_stands_there_is_a_row_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]], ending: str
) -> None:
    file = tmp_path_factory.getbasetemp() / f"any{ending}"
    head = "prompt,seed,seconds,name\n" if ending == ".csv" else ""
    rows = [
        ",".join(row)
        if ending == ".csv"
        else json.dumps(dict(zip(("prompt", "seed", "seconds", "name"), row, strict=False)))
        for row in cells
    ]
    file.write_bytes((head + "\n".join(rows)).encode("utf-8", "replace"))
    found = batch_file.read(file)
    assert all(fault.message and fault.line > 0 for fault in found.faults)
    assert all(names.is_safe_name(row.name) for row in found.rows)
    assert len({row.name.casefold() for row in found.rows}) == len({row.key for row in found.rows}) == len(found.rows)
