"""The list of survivors is told by text, so that it stays true when lines move."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.mirrored import PARTS
from tests.mutants.survivors import Change, change_of, read_excused

DIFF = """\
--- protocol/codec.py
+++ protocol/codec.py
@@ -1,4 +1,4 @@
 def f(a):
-    return (a +
-        "it's")
+    return (a -
+        "it's")
"""


def test_a_change_is_told_by_its_lines() -> None:
    change = change_of("codec", "f", DIFF)
    assert change == Change("codec", "f", 'return (a +\n"it\'s")', 'return (a -\n"it\'s")')


def test_what_is_printed_can_be_copied_into_the_list(tmp_path: Path) -> None:
    changes = [change_of("codec", "f", DIFF), Change("codec", "g", r'"\n" + b', r"'\n' + b")]
    listed = tmp_path / "survivors.toml"
    listed.write_text("\n".join(each.as_toml() for each in changes), encoding="utf-8")
    with pytest.raises(ValueError, match="no reason"):
        read_excused(listed)
    reasoned = listed.read_text(encoding="utf-8").replace('why = ""', 'why = "it is the same"')
    listed.write_text(reasoned, encoding="utf-8")
    assert read_excused(listed) == dict.fromkeys(changes, "it is the same")


def test_every_listed_change_is_in_a_module_that_is_changed() -> None:
    modules = {module for part in PARTS for module in part.modules}
    assert {change.module for change in read_excused()} <= modules


def test_nothing_is_listed_twice() -> None:
    path = Path(__file__).with_name("survivors.toml")
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["survivor"]
    assert len(listed) == len(read_excused())
