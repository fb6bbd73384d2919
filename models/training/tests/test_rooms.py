"""The package's rooms: each uses only those below it, and nothing grows too large.

Files that must agree with the engine's say so on both sides.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

# The lowest first.
ROOMS = ("space", "pose", "data", "prior", "cascade", "defects", "train", "export", "judge")
ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "models" / "training" / "cranioplasty_training"
MOST_LINES = 400
MOST_FILES = 14


def used(file: Path) -> set[str]:
    """Rooms that a file imports from; "" is the package itself."""
    own = file.relative_to(PACKAGE.parent).parent.parts
    names = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join((*own[: len(own) - node.level + 1], *filter(None, [node.module])))
            base = base if node.level else node.module or ""
            # Of the package itself a room may be imported, too.
            names += [f"{base}.{alias.name}" if base == PACKAGE.name else base for alias in node.names]
    inside = [name.split(".") for name in names if name.split(".")[0] == PACKAGE.name]
    return {parts[1] if len(parts) > 1 and parts[1] in ROOMS else "" for parts in inside}


def test_the_package_is_its_rooms() -> None:
    assert {p.parent.name for p in PACKAGE.glob("*/*.py")} == set(ROOMS)
    assert [p.name for p in PACKAGE.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_rooms_below_it(room: str) -> None:
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    for file in (PACKAGE / room).glob("*.py"):
        # Of the package itself: when the command began.
        more = {""} if file.name == "command.py" else set()
        assert used(file) <= allowed | more, file


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is(room: str) -> None:
    text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""
    assert text.startswith(f"Room `{room}`: ")
    named = re.findall(r"``(\w+\.py)``", text)
    assert named and all((PACKAGE / room / name).exists() for name in named)


def test_nothing_is_too_large() -> None:
    for folder in (PACKAGE, PACKAGE.parent / "tests"):
        for file in folder.rglob("*.py"):
            assert len(file.read_text().splitlines()) <= MOST_LINES, file
        for inner in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
            assert len(list(inner.glob("*.py"))) <= MOST_FILES, inner


def test_files_that_must_agree_with_the_engine_name_each_other() -> None:
    ours, theirs = set(), set()
    for file in PACKAGE.rglob("*.py"):
        for other in re.findall(r"``([\w/]+\.ts)``", file.read_text()):
            ours.add((file.relative_to(PACKAGE).as_posix(), other))
    for folder in ("extension/src", "cli/src"):
        for file in (ROOT / folder).rglob("*.ts"):
            for other in re.findall(r"`(\w+/\w+\.py)`", file.read_text()):
                theirs.add((other, file.relative_to(ROOT).as_posix()))
    assert ours == theirs
    assert len(ours) > 15
