"""Bring the window's catalogues up to date with the source, by Qt's own tools: `python -m tests.ui.translate`.

The words of the window are found by pyside6-lupdate in `tr` and `marked`. Sentences that come from below the window,
and from its state, are found here: each literal and f-string that can be shown, with `{1}`, `{2}` ... for its values.
They go to sentences.json, by which the window knows them again, and to the catalogue under "sentences". `--check`
changes nothing and says what is missing. docs/translating.md tells how a language is added.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from musicapp.library import presets
from musicapp.prompts import chips
from musicapp.prompts.facts import PACES_BPM
from musicapp.prompts.scales import SCALES
from musicapp.ui.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "translations"
SENTENCES = FOLDER / "sentences.json"
BY_HAND = (
    "prompt", "negative prompt", "take", "“{1}”", "{1} and “{2}”",
    # what systems say of files
    "Permission denied", "No space left on device", "No such file or directory", "Read-only file system",
    "Is a directory", "Not a directory", "File exists", "File name too long", "Input/output error",
    "Too many open files", "Operation not permitted", "Disk quota exceeded",
)  # fmt: skip
PLURALS_ONLY = ("en",)

# Below the window: what can raise an error or tell of one there. The command line and training stay English.
BELOW = (
    "audio", "description", "store", "checkpoints", "analysis", "diffusion", "engine", "nn", "library", "handover",
    "playback", "prompts", "queueing", "errors.py", "request.py", "settings.py", "shape.py", "paths.py",
)  # fmt: skip
# Modules of which every literal with words in it may be part of a sentence.
WHOLE = (
    "audio/formats.py", "audio/wave_layout.py", "audio/tags.py", "checkpoints/copy_writer.py", "engine/memory.py",
    "engine/remarks.py", "handover/exporting.py", "handover/naming.py", "library/lineage.py",
    "prompts/facts.py", "prompts/vocabulary.py", "store/hub_errors.py", "store/known.py", "store/words.py",
    "queueing/queue_file.py", "library/moving.py", "engine/host.py",
)  # fmt: skip
NOT_SHOWN = ("queueing/batch_file.py", "queueing/batch_folder.py", "queueing/ray_workers.py")  # the command line's
TELLING = re.compile(
    r"(Error|Needed|OutOfMemory|Failed|Remark|\.post|\.remark|\.add_hint|_tell|_do|_write|\.push|\.step|Row)$"
)
SILENT = re.compile(
    r"(^log\.|^re\.|^tr$|^marked$|setObjectName$|^Signal$|^Slot$|TypeVar$|environ|Thread$|\.execute$|getLogger|TakeRequest$|folded$|\.dismiss$)"
)
WORD = re.compile(r"[^\W\d_]{2,}")


def main() -> int:
    """Write the catalogues; the exit code is 1 where `--check` finds them out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not options.check:
        update()
    missing = [line for language in LANGUAGES for line in unfinished(language)]
    print("\n".join(missing) if missing else "Every sentence is translated.")
    return 1 if missing else 0


def update() -> None:
    """Run lupdate and lrelease for each language."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = sentences()
    SENTENCES.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    for language in LANGUAGES:
        gather(FOLDER / f"musicapp_{language}.ts", found)
        compile_catalogue(FOLDER / f"musicapp_{language}.ts", FOLDER / f"musicapp_{language}.qm")


def gather(catalogue: Path, found: list[str]) -> None:
    """What lupdate finds in the window and in the sentences goes into the catalogue; what is gone leaves it."""
    language = catalogue.stem.partition("_")[2]
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "sentences.py"
        lines = [f'QT_TRANSLATE_NOOP("sentences", {_quoted(text)})' for text in found]
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = [
            "-silent",
            "-no-obsolete",
            "-locations",
            "none",
            "-source-language",
            "en",
            "-target-language",
            language,
        ]
        words += ["-tr-function-alias", "QT_TR_NOOP+=marked", "-disable-heuristic", "similartext"]
        words += ["-pluralonly"] if language in PLURALS_ONLY else []
        sources = [*sorted((ROOT / "musicapp" / "ui").rglob("*.py")), listed]
        _run("lupdate", *words, *(str(path) for path in sources), "-ts", str(catalogue))


def compile_catalogue(catalogue: Path, compiled: Path) -> None:
    """The catalogue as Qt reads it; what is not finished is left out."""
    new = compiled.with_suffix(".new")
    _run("lrelease", "-silent", str(catalogue), "-qm", str(new))
    new.replace(compiled)  # a window may be using the old one


@dataclass(frozen=True)
class Entry:
    """One message of a catalogue. translations: one, or each plural form; empty while it is not translated."""

    context: str
    source: str
    sense: str
    translations: tuple[str, ...]
    is_plural: bool


def entries(language: str) -> list[Entry]:
    """All messages of a catalogue."""
    found = []
    for context in ET.parse(FOLDER / f"musicapp_{language}.ts").getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            is_done = translation.get("type") is None and all(forms)
            found.append(
                Entry(
                    context.findtext("name") or "",
                    message.findtext("source") or "",
                    message.findtext("comment") or "",
                    tuple(forms) if is_done else (),
                    message.get("numerus") == "yes",
                )
            )
    return found


def unfinished(language: str) -> list[str]:
    """The messages that still have to be translated."""
    return [f"{language}: {entry.source}" for entry in entries(language) if not entry.translations]


def sentences() -> list[str]:
    """Each sentence from below the window and of its state, with {1}, {2} ... for its values, sorted."""
    found = {name.capitalize() for name in chips.INSTRUMENTS} | {preset.name for preset in presets.BUILTIN}
    found |= {*SCALES, *PACES_BPM, "drums", *BY_HAND}  # what the prompt is read as, and what no literal says
    for path in _modules():
        name = path.relative_to(ROOT / "musicapp").as_posix()
        if name not in NOT_SHOWN:
            found.update(_of_module(path, is_whole=name in WHOLE or name.startswith("ui/")))
    return sorted(found)


def _modules() -> Iterator[Path]:
    for name in BELOW:
        place = ROOT / "musicapp" / name
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))
    yield from sorted((ROOT / "musicapp" / "ui").rglob("*.py"))


def _of_module(path: Path, *, is_whole: bool) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        text = _template(node, above)
        if text is None or not _has_words(text):
            continue
        calls = list(_calls_around(node, above))
        if any(SILENT.search(call) for call in calls):
            continue
        tells = any(
            TELLING.search(call) and not call.endswith(("ValueError", "TypeError", "OSError")) for call in calls
        )
        is_sentence = bool(re.search(r"^[A-Z“{].* .*[.?…]$", text, re.DOTALL))
        is_fragment = tells or (is_whole and ("ui" not in path.parts or "state" in path.parts))
        if is_sentence or (is_fragment and _looks_shown(text)):
            yield from filter(_has_words, map(_numbered, re.split(r"\n| · ", text)))


def _template(node: ast.AST, above: dict[ast.AST, ast.AST]) -> str | None:
    """The text of a literal or f-string, None for a docstring, a key or anything else."""
    parent = above.get(node)
    if isinstance(parent, ast.Expr | ast.Subscript | ast.Compare | ast.JoinedStr | ast.FormattedValue):
        if not isinstance(parent, ast.FormattedValue) or not isinstance(node, ast.JoinedStr):
            return None
        if parent.format_spec is node:
            return None
    if isinstance(parent, ast.Dict) and node in parent.keys and not _is_title(node):
        return None
    if isinstance(parent, ast.Assign) and ast.unparse(parent.targets[0]).endswith("ABOUT"):
        return None
    if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.keyword) and parent.arg == "about"):
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _bare(node.value.replace("{", "{{").replace("}", "}}"))
    if not isinstance(node, ast.JoinedStr):
        return None
    text, count = "", 0
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            text += str(piece.value).replace("{", "{{").replace("}", "}}")
        else:
            count += 1
            text += f"{{{count}}}"
    return _bare(text)


def _numbered(text: str) -> str:
    """A piece of a template, its holes counted from 1 again."""
    holes = iter(range(1, 100))
    return _bare(re.sub(r"(?<!\{)\{\d+\}", lambda _hole: f"{{{next(holes)}}}", text))


def _bare(text: str) -> str:
    """Without what joins it to others: the window takes texts apart at these."""
    return text.strip(" ·,;\n")


def _calls_around(node: ast.AST, above: dict[ast.AST, ast.AST]) -> Iterator[str]:
    inner, outer = node, above.get(node)
    while outer is not None and not isinstance(outer, ast.stmt):
        if isinstance(outer, ast.Call) and inner is not outer.func:
            yield ast.unparse(outer.func)
        inner, outer = outer, above.get(outer)
    if isinstance(outer, ast.Raise) and isinstance(outer.exc, ast.Call):
        yield ast.unparse(outer.exc.func)


def _has_words(text: str) -> bool:
    literal = re.sub(r"\{\d+\}", " ", text)
    letters = sum(len(word) for word in WORD.findall(literal))
    return letters >= (3 if "{" not in text else 4) and not re.search(
        r"^\W*(SELECT|INSERT|DELETE|UPDATE|PRAGMA)\b", text
    )


def _is_title(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and str(node.value)[:1].isupper()


def _looks_shown(text: str) -> bool:
    if re.fullmatch(r"[a-z0-9_.\-/:%]+|[A-Z0-9_.]+|\w+(?:-[A-Z]\w+)+|\w+\.\w+", text):
        return False
    return " " in text or text[:1].isupper()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _run(tool: str, *words: str) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{tool}")
    done = subprocess.run([str(program), *words], capture_output=True, text=True, check=False)
    if done.returncode or "error" in done.stderr.lower():
        raise SystemExit(f"{program.name}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
