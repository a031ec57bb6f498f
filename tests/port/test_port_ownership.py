"""Which files are the program's own."""

from __future__ import annotations

import os
import sys

import click
import pytest

import graphkit
from graphkit.port._ownership import (
    is_installed_package,
    is_own,
    is_own_source,
    split_search_path,
)


@pytest.mark.parametrize("path", [os.__file__, click.__file__, graphkit.__file__])
def test_installed_files_are_not_the_programs(path):
    assert not is_own(path)


def test_site_packages_of_another_environment_are_installed(tmp_path):
    assert not is_own(str(tmp_path / "lib" / "site-packages" / "model.py"))


def test_a_script_is_the_programs(tmp_path):
    assert is_own(str(tmp_path / "train.py"))
    assert is_own_source(str(tmp_path / "train.py"))


@pytest.mark.parametrize("path", [None, "/home/me/fast.so"])
def test_only_python_source_is_loaded_by_us(path):
    assert not is_own_source(path)


def test_search_path_is_split_in_order(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [str(tmp_path), os.path.dirname(os.__file__), ""])
    monkeypatch.chdir(tmp_path)
    assert split_search_path() == ([str(tmp_path), ""], [os.path.dirname(os.__file__)])


@pytest.mark.parametrize(
    ("name", "installed"),
    [("click", True), ("json", False), ("sys", False), ("helper", False), ("nowhere", False)],
)
def test_installed_packages_are_told_from_pythons_own_and_the_programs(
    monkeypatch, tmp_path, name, installed
):
    (tmp_path / "helper.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert is_installed_package(name) is installed


@pytest.fixture
def places(tmp_path):
    """A program's folder and a folder of installed packages, one file in each."""
    installed, own = tmp_path / "site-packages", tmp_path / "work"
    for folder in (installed, own):
        folder.mkdir()
        (folder / "part.py").write_text("")
    is_own.cache_clear()
    yield own, installed
    is_own.cache_clear()


def test_a_link_to_an_installed_file_is_installed(places):
    own, installed = places
    (own / "linked.py").symlink_to(installed / "part.py")
    assert is_own(str(own / "part.py"))
    assert not is_own(str(own / "linked.py"))


def test_a_link_from_the_installed_packages_to_a_program_is_the_programs(places):
    own, installed = places
    (installed / "developed").symlink_to(own, target_is_directory=True)
    assert not is_own(str(installed / "part.py"))
    assert is_own(str(installed / "developed" / "part.py"))
    assert is_own(str(installed / "developed"))


def test_a_file_in_a_linked_folder_is_where_the_folder_is(places, tmp_path):
    _own, installed = places
    (tmp_path / "short").symlink_to(installed, target_is_directory=True)
    assert not is_own(str(tmp_path / "short" / "part.py"))
    assert not is_own(str(tmp_path / "short" / "not_there.py"))


def test_a_path_is_taken_from_the_folder_one_is_in(places, monkeypatch):
    own, _installed = places
    monkeypatch.chdir(own)
    assert is_own("part.py")
    assert is_own(os.path.join(".", "part.py"))
    assert not is_own(os.path.join("..", "site-packages", "part.py"))
