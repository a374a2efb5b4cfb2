"""The rows of a batch: a CSV or JSON lines file, read whole and checked before anything is made.

A column is a setting of a take, by the name that the command line has for it or by its name in a `TakeRequest`;
settings that later versions add are columns from then on.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from musicapp.errors import MusicAppError, RequestError
from musicapp.library import names
from musicapp.prompts import bars
from musicapp.request import VERSION, Lora, TakeRequest, checked, parse_duration, recall

MAX_BYTES = 64 << 20
DEFAULT_S = 30.0
NAME = "name"
SHORT = {
    "seconds": "duration_s",
    "length": "duration_s",
    "guidance": "guidance_scale",
    "negative": "negative_prompt",
    "lora": "loras",
}
_KINDS = {name: kind for name, kind in get_type_hints(TakeRequest).items() if name != "take_id"}
COLUMNS = (*SHORT, *_KINDS, NAME)
_PATHS = ("text_encoder", "loras")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # “Unicode text” of spreadsheets
_SEPARATOR = re.compile(r'"?sep=([^"])"?', re.IGNORECASE)  # a first line of spreadsheets that is no row


@dataclass(frozen=True)
class Row:
    """A take to make.

    key   the same for the same wish, whichever line it stands in
    name  of its file, without ending
    """

    line: int
    request: TakeRequest
    key: str
    name: str


@dataclass(frozen=True)
class Fault:
    """Why a line cannot be made."""

    line: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message} {self.hint}".strip()


@dataclass(frozen=True)
class Rows:
    """What a file asks for, and all that is wrong with it."""

    rows: list[Row]
    faults: list[Fault]


def read(path: Path) -> Rows:
    """Every row of a .csv, .tsv, .jsonl or .ndjson file. Raises RequestError for the file as a whole."""
    text = _text(path)
    faults: list[Fault] = []
    asked: list[tuple[int, TakeRequest, str]] = []
    count: Counter[str] = Counter()
    firsts: dict[str, int] = {}
    for line, values in _values(path, text, faults):
        try:
            request, has_seed, name = _request(values)
        except MusicAppError as error:
            faults.append(Fault(line, error.message, error.hint))
            continue
        wish = _digest(request, has_seed)
        count[wish] += 1
        if not has_seed:  # from its words: the same file has the same seeds, today and on another computer
            seed = int(hashlib.sha256(f"{wish} {count[wish]}".encode()).hexdigest()[:8], 16)
            request = replace(request, seed=seed)
        elif count[wish] > 1:
            hint = "Give it another seed, or none: then it gets its own."
            faults.append(Fault(line, f"It asks for the same take as line {firsts[wish]}.", hint))
            continue
        firsts[wish] = line
        asked.append((line, request, name))
    return Rows(_named(asked, faults), sorted(faults, key=lambda fault: fault.line))


def _named(asked: list[tuple[int, TakeRequest, str]], faults: list[Fault]) -> list[Row]:
    """Rows whose files do not get in each other's way, also where upper and lower case are the same."""
    given: dict[str, int] = {}
    for line, _, name in asked:
        if name and name.casefold() in given:
            faults.append(
                Fault(line, f"Line {given[name.casefold()]} has the name “{name}” already.", "Choose another.")
            )
        elif name:
            given[name.casefold()] = line
    usual = Counter(names.suggest_name(request).casefold() for _, request, _ in asked)
    rows = []
    for line, request, name in asked:
        key, suggested = _digest(request, True), names.suggest_name(request)
        if usual[suggested.casefold()] > 1 or suggested.casefold() in given:
            suggested = f"{suggested}_{key[:6]}"
        rows.append(Row(line, replace(request, take_id=key[:12]), key, name or suggested))
    return rows


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RequestError(f"“{path.name}” is larger than {MAX_BYTES >> 20} MB.", hint="Split it.")
        content = path.read_bytes()
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "Save it as UTF-8; in spreadsheets that is a choice when saving, such as “CSV UTF-8”."
        raise RequestError(f"“{path.name}” is not text in UTF-8.", hint=hint) from error
    except OSError as error:
        raise RequestError(
            f"“{path}” cannot be read: {error.strerror or error}.", hint="Check the name of the file."
        ) from error


def _values(path: Path, text: str, faults: list[Fault]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and what stands there, column by column."""
    ending = path.suffix.lower()
    if ending in (".jsonl", ".ndjson"):
        yield from _json_lines(text, faults)
    elif ending in (".csv", ".tsv", ".txt"):
        yield from _csv_lines(text, faults)
    else:
        raise RequestError(f"“{path.name}” is neither .csv nor .jsonl.", hint="Name it after what it is.")


def _json_lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(Fault(number, "It is not JSON.", f"{error}."[:120]))
            continue
        if not isinstance(values, dict):
            faults.append(Fault(number, "It is no JSON object.", 'For example: {"prompt": "calm piano"}'))
        elif unknown := [key for key in values if key not in COLUMNS]:
            faults.append(Fault(number, *_about_unknown(unknown)))
        else:
            yield number, values


def _csv_lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, dict[str, Any]]]:
    head = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    stated = _SEPARATOR.fullmatch(head.strip(" \r\n"))
    delimiter = stated[1] if stated else max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(number, "It is not CSV.", f"{str(error).capitalize()}."))
            return
        if stated or not any(cell.strip() for cell in cells):
            stated = None if any(cells) else stated
            continue
        if not columns:
            columns = [cell.strip().lower() for cell in cells]
            while not columns[-1]:  # spreadsheets write empty columns behind the others
                columns.pop()
            if not _are_columns(number, columns, faults):
                return
            continue
        told = _told(number, cells, columns, delimiter)
        if isinstance(told, Fault):
            faults.append(told)
        else:
            yield number, told


def _told(number: int, cells: list[str], columns: list[str], delimiter: str) -> dict[str, Any] | Fault:
    """What stands in a row, column by column."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        hint = f"Put text that has “{delimiter}” in it between quotation marks."
        return Fault(number, f"It has {len(cells)} cells, the first line names {len(columns)}.", hint)
    for place, (name, cell) in enumerate(zip(columns, cells, strict=False), start=1):
        if cell.strip() and not name:
            return Fault(number, f"Column {place} has text, but no name in the first line.", "Name it, or take it out.")
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}


def _are_columns(number: int, columns: list[str], faults: list[Fault]) -> bool:
    unknown = [name for name in columns if name and name not in COLUMNS]
    twice = [name for name, count in Counter(SHORT.get(name, name) for name in columns if name).items() if count > 1]
    if unknown:
        faults.append(Fault(number, *_about_unknown(unknown)))
    elif twice:
        faults.append(Fault(number, f"Two columns are “{twice[0]}”.", "Keep one of them."))
    elif "prompt" not in columns:
        faults.append(Fault(number, "There is no column “prompt”.", "The first line names the columns."))
    else:
        return True
    return False


def _about_unknown(unknown: list[str]) -> tuple[str, str]:
    near = [difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.7) for name in unknown]
    meant = [f"“{found[0]}”" for found in near if found]
    shown = ", ".join(f"“{name[:40]}”" for name in unknown[:4])
    what = f"The column {shown} is not known." if len(unknown) == 1 else f"The columns {shown} are not known."
    known = ", ".join(sorted({*SHORT, "prompt", "seed", "steps", "sampler", "model", NAME}))
    return what, f"Meant is perhaps {', '.join(meant)}." if meant else f"Known are {known}."


def _request(values: dict[str, Any]) -> tuple[TakeRequest, bool, str]:
    """The request of a row, checked, whether it states a seed, and the name of its file or "". Raises RequestError."""
    name = values.get(NAME) or ""
    if isinstance(name, str) and names.is_too_long(name):
        raise RequestError(f"“{name:.40}…” is too long to name a file.", hint="Use a shorter one.")
    if name and not (isinstance(name, str) and names.is_safe_name(name)):
        raise RequestError(f"“{name!s:.40}” cannot name a file.", hint='Leave out / \\ : * ? " < > | and the like.')
    fields: dict[str, Any] = {}
    for column, value in values.items():
        if value in (None, "") or column == NAME:
            continue
        field = SHORT.get(column, column)
        if field in fields:
            raise RequestError(f"“{field}” is stated twice.", hint="Keep one of them.")
        fields[field] = value if field == "duration_s" else _converted(column, field, value)
    if "duration_s" in fields:
        fields["duration_s"] = _duration(fields["duration_s"], fields.get("prompt", ""))
    if not fields.get("prompt"):
        raise RequestError("There is no prompt.", hint="Describe the music, for example: calm piano, 90 bpm.")
    has_seed = "seed" in fields
    usual = {"take_id": "batch", "duration_s": DEFAULT_S, "seed": 0, "version": VERSION}
    return checked(TakeRequest(**{**usual, **fields})), has_seed, name


def _converted(column: str, field: str, value: Any) -> Any:
    """A cell, or a value of JSON, as the field's kind. Raises RequestError."""
    kind = _KINDS[field]
    kinds = get_args(kind) if field != "loras" else ()
    if field == "loras":
        return _loras(value)
    if not {kind, *kinds} & {str, int, float}:
        return _part(column, field, value)
    if kind is str or str in kinds:
        if not isinstance(value, str):
            raise RequestError(f"“{column}” is text, not {value!r:.40}.", hint="Put it between quotation marks.")
        return str(Path(value).absolute()) if field in _PATHS else value
    is_whole = kind is int or int in kinds
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RequestError(f"“{column}” is a number, not {value!r:.40}.", hint="Use digits only.")
    try:
        return _whole(value) if is_whole else float(str(value).replace(",", "."))
    except ValueError:
        what = "a whole number" if is_whole else "a number"
        raise RequestError(f"“{column}” is {what}, not “{value!s:.40}”.", hint="Use digits only.") from None


def _whole(value: str | float) -> int:
    """A whole number, also as tables with gaps write it: 7.0. Raises ValueError; 1.000 is perhaps a thousand."""
    if (isinstance(value, float) and not value.is_integer()) or (isinstance(value, str) and "_" in value):
        raise ValueError("not whole")
    return int(value.removesuffix(".0") if isinstance(value, str) else value)


def _duration(value: Any, prompt: str) -> float:
    """A time, or bars of the tempo that the prompt states. Raises RequestError."""
    text = value if isinstance(value, str) else repr(value)
    return bars.duration_of(text, prompt) if bars.is_bars(text) else parse_duration(text)


def _part(column: str, field: str, value: Any) -> Any:
    """A setting that has parts, such as a source, as a JSON object of them. Raises RequestError."""
    try:
        values = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        values = None
    recalled = recall({"take_id": "batch", "prompt": "", "duration_s": 1.0, "seed": 0, field: values})
    if values is None or field in recalled.left_out:
        raise RequestError(
            f"“{column}” cannot be used: {value!s:.60}.", hint="Write it as JSON, as files of takes have it."
        )
    return getattr(recalled.request, field)


def _loras(value: Any) -> tuple[Lora, ...]:
    """ "FILE", "FILE:0.5", several with a semicolon between them, or a list of such or of objects with path and
    strength.
    """
    items = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else [value]
    loras = []
    for item in items:
        path, strength = "", 1.0
        if isinstance(item, dict) and isinstance(item.get("path"), str):
            path, strength = item["path"], item.get("strength", 1.0)
        elif isinstance(item, str):
            before, _, factor = item.strip().rpartition(":")
            try:
                path, strength = before, float(factor.replace(",", "."))
            except ValueError:  # the colon, if there is one, belongs to the path
                path = item.strip()
        if not path or isinstance(strength, bool) or not isinstance(strength, int | float):
            raise RequestError(f"“{item!s:.60}” is no adapter.", hint="Write FILE or FILE:STRENGTH.")
        loras.append(Lora(str(Path(path).absolute()), float(strength)))
    return tuple(loras)


def _digest(request: TakeRequest, has_seed: bool) -> str:
    """What is asked for, in 64 letters."""
    values = {
        key: value for key, value in request.as_dict().items() if key != "take_id" and (has_seed or key != "seed")
    }
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
