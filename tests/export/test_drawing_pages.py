"""Pictures and pages of files: well formed, closed to the world, and safe from names in them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import draw_html, draw_svg
from graphkit.export._drawing._words import escaped, fitted, rounded, shape_in_words
from graphkit.records import RecordWriter

GOLDEN = Path(__file__).parents[1] / "golden"
NETWORK = GOLDEN / "flops" / "network.pb"
SVG = "{http://www.w3.org/2000/svg}"
EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;\x1b[31m"


class Page(HTMLParser):
    """The elements of a page, its words, and the data of its graph."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words, self.data, self._in = [], [], [], "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._in = "data" if ("id", "data") in attrs else tag

    def handle_data(self, data):
        if self._in == "data":
            self.data += data
            self._in = ""
        elif self._in not in ("script", "style"):
            self.words.append(data)

    @property
    def graph(self):
        return json.loads(self.data)


@pytest.fixture(scope="module")
def page():
    return draw_html(NETWORK)


@pytest.fixture(scope="module")
def picture():
    return draw_svg(NETWORK)


@pytest.fixture
def evil(tmp_path):
    """A graph in which every name is an attack."""
    graph_def = tf.GraphDef()
    for number in range(3):
        node = graph_def.node.add(name=f"{EVIL}/{EVIL}{number}", op="MyOwnOp")
        node.device = EVIL
        if number:
            node.input.append(f"{EVIL}/{EVIL}{number - 1}")
    weight = graph_def.node.add(name=f"w/{EVIL}", op="Const")
    weight.attr["dtype"].type = 1
    weight.attr["value"].tensor.dtype = 1
    weight.attr["value"].tensor.tensor_shape.dim.add(size=2)
    (tmp_path / "evil.pb").write_bytes(graph_def.SerializeToString())
    return tmp_path / "evil.pb"


def test_a_picture_is_well_formed_and_says_what_is_in_it(picture):
    root = ElementTree.fromstring(picture)
    words = " ".join(text for text in root.itertext())
    for word in ("network.pb", "2.6 k parameters", "strided", "Placeholder", "Convolution"):
        assert word in words
    assert words.count("17×23×3".replace("×", "\N{MULTIPLICATION SIGN}")) == 1  # noqa: RUF001
    assert len(root.findall(f".//{SVG}path")) > 10


@pytest.mark.parametrize("text", ["picture", "page"])
def test_nothing_is_loaded_from_elsewhere(request, text):
    made = request.getfixturevalue(text)
    without_names = made.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"https?:|//[a-z]+\.|@import|url\(|src=|href=|<link|<iframe", without_names
    )


def test_a_page_lets_its_own_script_run_and_nothing_else(page):
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[-1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        f"script-src 'sha256-{digest}'",
    ]


def test_a_page_holds_the_graph_with_scopes_to_open(page):
    graph = Page(page).graph
    boxes = graph["boxes"]
    assert {"x", "strided", "probabilities"} <= {box["path"] for box in boxes}
    strided = next(box for box in boxes if box["path"] == "strided")
    inside = [boxes[at] for at in strided["inside"]]
    assert [box["op"] for box in inside] == ["Conv2D", "BiasAdd", "Relu"]
    assert strided["flops"] == sum(box["flops"] for box in inside) > 0
    assert strided["rows"] == [[0], [1], [2]]
    assert strided["ways"] == [[0, 1], [1, 2]]
    assert 0 in graph["opened"]
    assert {box["kind"] for box in boxes} <= set(graph["kinds"])


def test_a_page_shows_the_tables_of_the_report(page):
    found = Page(page)
    words = " ".join(found.words)
    for word in ("Inputs", "[1, 17, 23, 3]", "Operations", "Conv2D", "Parameters", "kernel"):
        assert word in words
    assert {"meter", "table", "details"} <= set(found.tags)


def test_names_cannot_become_markup_or_script(evil):
    clean = Page(draw_html(NETWORK))
    found = Page(draw_html(evil))
    assert found.tags.count("script") == clean.tags.count("script") == 2
    assert "img" not in found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert not [value for _, value in found.attributes if value and "\x1b" in value]
    assert any("<img" in box["path"] for box in found.graph["boxes"])  # as text, whole
    assert "\x1b" not in draw_html(evil)


def test_names_cannot_become_markup_in_a_picture(evil):
    picture = draw_svg(evil)
    root = ElementTree.fromstring(picture)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "g", "rect", "path", "text", "title", "style"),
    }
    assert "\x1b" not in picture


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (GOLDEN / "stored" / "old", "Momentum"),
        (GOLDEN / "keras_files" / "functional.h5", "Keras model"),
    ],
)
def test_files_without_a_graph_have_their_tables(file, word):
    found = Page(draw_html(file))
    assert word in " ".join(found.words)
    assert not found.data
    assert "svg" not in found.tags


def test_names_of_a_tflite_model_are_text_too(tmp_path):
    whole = (GOLDEN / "tflite_files" / "network.tflite").read_bytes()
    assert whole.count(b"\6\0\0\0MatMul") == 1
    (tmp_path / "m.tflite").write_bytes(whole.replace(b"\6\0\0\0MatMul", b"\6\0\0\0<img&>"))
    found = Page(draw_html(tmp_path / "m.tflite"))
    assert "img" not in found.tags
    assert "<img&>" in [box["label"] for box in found.graph["boxes"]]
    picture = ElementTree.fromstring(draw_svg(tmp_path / "m.tflite"))
    assert "<img&>" in [element.text for element in picture.iter(f"{SVG}text")]


def test_records_have_a_page_but_no_picture(tmp_path):
    with RecordWriter(tmp_path / "r") as writer:
        writer.write(b"record")
    assert "TFRecord" in draw_html(tmp_path / "r")
    with pytest.raises(
        ArgumentError, match="path must be a graph; a page \\(HTML\\) shows any file"
    ):
        draw_svg(tmp_path / "r")


def test_ten_thousand_nodes_are_few_boxes(tmp_path):
    graph_def = tf.GraphDef()
    graph_def.node.add(name="n0", op="Placeholder")
    for number in range(1, 10_000):
        scope = f"block_{number // 100}/" if number < 5000 else ""
        graph_def.node.add(name=f"{scope}n{number}", op="Relu", input=[graph_def.node[-1].name])
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    picture = draw_svg(tmp_path / "m.pb")
    assert len(ElementTree.fromstring(picture).findall(f".//{SVG}text")) < 250
    graph = Page(draw_html(tmp_path / "m.pb")).graph
    assert sum(bool(box["op"]) for box in graph["boxes"]) == 10_000
    assert len(graph["opened"]) < 20


def test_shapes_and_batch_reach_the_picture(graph, tmp_path):
    tf.nn.relu(tf.placeholder(tf.float32, [None, None], name="x"), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    assert "7 FLOPs" not in draw_svg(tmp_path / "m.pb", batch=7)
    assert "0 parameters \N{MIDDLE DOT} 14 FLOPs" in draw_svg(
        tmp_path / "m.pb", shapes={"x": [7, 2]}
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node to read JavaScript")
def test_the_script_can_be_read(page, tmp_path):
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[-1]
    (tmp_path / "page.js").write_text(script)
    done = subprocess.run(["node", "--check", tmp_path / "page.js"], check=False, timeout=60)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999, "999"), (1000, "1.0 k"), (999_999, "1.0 M"), (123_456_789, "123 M")],
)
def test_numbers_are_rounded(number, words):
    assert rounded(number) == words


def test_words_of_pictures():
    cross = "\N{MULTIPLICATION SIGN}"
    assert shape_in_words((1, None, 3)) == f"1{cross}?{cross}3"
    assert (shape_in_words(()), shape_in_words(None)) == ("scalar", "")
    assert fitted("abcdefghij", 5) == "ab…ij"
    assert escaped("<a b='c'>\x07") == "&lt;a b=&#x27;c&#x27;&gt;\\x07"
    assert len(escaped("x" * 10**6)) < 500
