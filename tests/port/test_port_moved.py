"""Every module that is gone has its names somewhere today."""

from __future__ import annotations

import importlib
import sys

import pytest

from graphkit.port._neighbours._moved_modules import MOVED, MOVED_PYTHON2
from graphkit.port._neighbours._stand_ins import _ELSEWHERE, STAND_INS, install_stand_ins

_HEAVY = {
    "IPython",
    "cv2",
    "joblib",
    "mpl_toolkits",
    "pandas",
    "scipy",
    "six",
    "skimage",
    "sklearn",
}


@pytest.fixture
def stand_in():
    before = set(sys.modules)
    install_stand_ins("v1")
    yield lambda name: sys.modules[STAND_INS + name]
    for name in set(sys.modules) - before:
        if name.startswith(STAND_INS):
            del sys.modules[name]


@pytest.mark.parametrize("row", MOVED | MOVED_PYTHON2)
def test_every_provider_is_a_module_of_today(row):
    for provider in {**MOVED, **MOVED_PYTHON2}[row].providers:
        top = provider.partition(".")[0]
        if top in _HEAVY:
            pytest.importorskip(top)
        if top != "tkinter":  # not in every build of Python
            assert importlib.import_module(provider)


@pytest.mark.parametrize("row", MOVED | MOVED_PYTHON2)
def test_every_row_says_what_broke_and_gives_something(row):
    found = {**MOVED, **MOVED_PYTHON2}[row]
    assert found.broke
    assert found.providers or found.names


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("BaseHTTPServer", "HTTPServer"),
        ("CGIHTTPServer", "BaseHTTPRequestHandler"),
        ("ConfigParser", "RawConfigParser"),
        ("Cookie", "SimpleCookie"),
        ("HTMLParser", "HTMLParser"),
        ("Queue", "Empty"),
        ("SimpleHTTPServer", "SimpleHTTPRequestHandler"),
        ("SimpleXMLRPCServer", "SimpleXMLRPCServer"),
        ("SocketServer", "TCPServer"),
        ("StringIO", "StringIO"),
        ("UserDict", "UserDict"),
        ("UserDict", "IterableUserDict"),
        ("UserList", "UserList"),
        ("UserString", "UserString"),
        ("__builtin__", "range"),
        ("anydbm", "open"),
        ("cStringIO", "StringIO"),
        ("commands", "getoutput"),
        ("copy_reg", "pickle"),
        ("dummy_thread", "allocate_lock"),
        ("exceptions", "StandardError"),
        ("exceptions", "IOError"),
        ("future_builtins", "zip"),
        ("httplib", "HTTPConnection"),
        ("robotparser", "RobotFileParser"),
        ("sets", "Set"),
        ("thread", "start_new_thread"),
        ("urllib2", "Request"),
        ("urllib2", "HTTPError"),
        ("urlparse", "urlsplit"),
        ("whichdb", "whichdb"),
        ("xmlrpclib", "ServerProxy"),
        ("_dummy_thread", "get_ident"),
        ("dummy_threading", "Lock"),
        ("imp", "reload"),
        ("pipes", "quote"),
        ("numpy.lib.arraysetops", "unique"),
        ("numpy.lib.index_tricks", "mgrid"),
        ("numpy.lib.twodim_base", "eye"),
        ("numpy.linalg.linalg", "norm"),
    ],
)
def test_names_are_found_in_what_stands_in(stand_in, module, name):
    assert getattr(stand_in(module), name) is not None


def test_a_name_that_is_nowhere_is_refused_in_the_old_words(stand_in):
    with pytest.raises(AttributeError, match="module 'Queue' has no attribute 'Nothing'"):
        _ = stand_in("Queue").Nothing


def test_modules_that_live_elsewhere_are_named_by_their_old_name():
    assert _ELSEWHERE["distutils"] == "setuptools._distutils"
    assert _ELSEWHERE["gym"] == "gymnasium"
