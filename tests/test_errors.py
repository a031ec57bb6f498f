"""Each error says what came, what was wanted, and carries both."""

from __future__ import annotations

import copy
import pickle

import pytest

from graphkit import errors


def test_argument_error_is_a_value_error_with_its_parts():
    error = errors.ArgumentError("dense", "units", -3, "a positive integer")
    assert str(error) == "dense: units must be a positive integer, got -3"
    assert isinstance(error, ValueError)
    assert (error.where, error.argument, error.received) == ("dense", "units", -3)
    assert error.wanted == "a positive integer"


def test_argument_error_can_say_in_words_what_came():
    error = errors.ArgumentError("freeze", "outputs", None, "named", shown="none of 'a', 'b'")
    assert str(error) == "freeze: outputs must be named, got none of 'a', 'b'"
    assert error.received is None


def test_argument_type_error_is_a_type_error():
    error = errors.ArgumentTypeError("dense", "inputs", "int32", "a float tensor")
    assert str(error) == "dense: inputs must be a float tensor, got int32"
    assert isinstance(error, TypeError)
    assert (error.argument, error.received, error.wanted) == ("inputs", "int32", "a float tensor")


def test_unknown_name_suggests_the_nearest():
    error = errors.UnknownNameError("tensor", "imags", ["labels", "images"])
    assert str(error) == "no tensor named 'imags'; did you mean 'images'?"
    assert error.suggestions == ["images"]
    assert error.candidates == ["images", "labels"]
    assert isinstance(error, LookupError)


@pytest.mark.parametrize(
    ("name", "suggestions"),
    [
        ("X", ["x"]),
        ("LABELS", ["Labels", "labels"]),
        ("saved", ["shaved", "save/saved"]),
        ("save/Saved", ["save/saved", "shaved"]),
    ],
)
def test_unknown_name_suggests_in_any_case_and_internals_last(name, suggestions):
    names = ["Labels", "gradients/labels_grad/axes", "labels", "save/saved", "shaved", "x"]
    assert errors.UnknownNameError("op", name, names).suggestions == suggestions


def test_unknown_name_lists_internals_last():
    message = str(errors.UnknownNameError("op", "image", ["a/save_1/b", "save/b", "x"]))
    assert message == "no op named 'image'; there is 'x', 'a/save_1/b', 'save/b'"


def test_unknown_name_without_a_near_one_lists_what_there_is():
    names = [f"n{i:02}" for i in range(12)]
    message = str(errors.UnknownNameError("op", "zebra", names))
    assert message == (
        "no op named 'zebra'; there is 'n00', 'n01', 'n02', 'n03', 'n04', 'n05', 'n06', "
        "'n07', 'n08', 'n09' and 2 more"
    )


def test_unknown_name_among_few_lists_them_all():
    assert str(errors.UnknownNameError("op", "zebra", ["a"])) == "no op named 'zebra'; there is 'a'"


def test_unknown_name_among_none_says_so():
    assert str(errors.UnknownNameError("op", "x", [])) == "no op named 'x'; there is no op at all"


def test_missing_file_is_a_file_not_found_error():
    error = errors.MissingFileError("a b.pb")
    assert str(error) == "a b.pb: does not exist"
    assert isinstance(error, FileNotFoundError)
    assert (error.path, error.reason) == ("a b.pb", "does not exist")


def test_data_errors_name_file_and_byte():
    assert (
        str(errors.CorruptFileError("x", "bad checksum", offset=12)) == "x, byte 12: bad checksum"
    )
    error = errors.UnsafeFileError("x", "would run code")
    assert str(error) == "x: would run code"
    assert (error.path, error.reason, error.offset) == ("x", "would run code", None)
    assert isinstance(error, ValueError)


def test_verification_error_says_nothing_was_written():
    error = errors.VerificationError("probabilities", 0.25, 1e-5)
    assert str(error) == (
        "the reloaded graph differs from the session at 'probabilities': largest absolute "
        "difference 0.25, allowed 1e-05; nothing was written"
    )
    assert (error.tensor, error.max_abs_diff, error.tolerance) == ("probabilities", 0.25, 1e-5)


def test_verification_error_names_the_op_that_differs_first():
    error = errors.VerificationError(
        "y", 0.25, 1e-5, between="a.onnx differs from a.pb", first_op=("conv/Conv2D", "Conv2D")
    )
    assert str(error) == (
        "a.onnx differs from a.pb at 'y' (it begins at 'conv/Conv2D', a Conv2D): largest absolute "
        "difference 0.25, allowed 1e-05; nothing was written"
    )
    assert error.first_op == ("conv/Conv2D", "Conv2D")


@pytest.mark.parametrize(
    ("ops", "advice", "message"),
    [
        ((), "", "onnx cannot take this model: it said no; nothing was written"),
        (
            [("a/b", "Erfinv")],
            "cut there",
            "onnx cannot take this model at 'a/b' (Erfinv): it said no; cut there; "
            "nothing was written",
        ),
        (
            [(name, "X") for name in "abcde"],
            "",
            "onnx cannot take this model at 'a' (X), 'b' (X), 'c' (X) and 2 more: it said no; "
            "nothing was written",
        ),
    ],
)
def test_conversion_error_names_the_ops_and_the_step(ops, advice, message):
    error = errors.ConversionError("onnx", "it said no", ops, advice)
    assert str(error) == message
    assert (error.target, error.ops, error.advice) == ("onnx", list(ops), advice)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ArgumentError("f", "a", 1, "2"), 2),
        (errors.MissingFileError("f"), 2),
        (errors.UnknownNameError("op", "a", []), 2),
        (errors.CorruptFileError("f", "r"), 1),
        (errors.RunError("failed"), 1),
        (errors.ConversionError("onnx", "r"), 1),
        (errors.VerificationError("t", 1, 0), 1),
    ],
)
def test_exit_codes_tell_misuse_from_failure(error, code):
    assert error.exit_code == code


EACH = [
    errors.GraphkitError("a message"),
    errors.UsageError("a message", 2),
    errors.ArgumentError("dense", "units", -3, "a positive integer"),
    errors.ArgumentError("freeze", "outputs", None, "named", shown="nothing"),
    errors.ArgumentTypeError("dense", "inputs", "int32", "a float tensor"),
    errors.UnknownNameError("tensor", "imags", ["labels", "images"]),
    errors.UnknownNameError("op", "x", ["y"], meant="z"),
    errors.RefusedNameError("tf.x", "an op", "use y"),
    errors.RefusedImportError("tf.x", "an op", "use y"),
    errors.MissingFileError("a.pb"),
    errors.NoGraphError("dense"),
    errors.NotInitializedError("v", "run its initializer"),
    errors.DataError("a.pb", "empty"),
    errors.CorruptFileError("a.pb", "cut short", offset=7),
    errors.UnsafeFileError("a.pb", "it runs code"),
    errors.DownloadError("http://a/b", "no network", "b"),
    errors.RunError("it failed"),
    errors.ConversionError("onnx", "it said no", [("a", "Erfinv")], "cut there"),
    errors.VerificationError("y:0", 0.5, 1e-5),
]


def test_every_kind_of_error_is_among_those_that_are_sent():
    assert {type(error).__name__ for error in EACH} == set(errors.__all__)


@pytest.mark.parametrize("error", EACH, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("send", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy])
def test_an_error_comes_whole_from_another_process(error, send):
    again = send(error)
    assert again is not error
    assert type(again) is type(error)
    assert (str(again), again.args) == (str(error), error.args)
    assert vars(again) == vars(error)
