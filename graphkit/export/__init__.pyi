from ._checkpoints._add_classes import add_classes as add_classes
from ._checkpoints._change import CheckpointReport as CheckpointReport
from ._checkpoints._change import convert_checkpoint as convert_checkpoint
from ._checkpoints._change import rename_checkpoint as rename_checkpoint
from ._comparison._diff import diff as diff
from ._comparison._difference import Change as Change
from ._comparison._difference import FileDifference as FileDifference
from ._comparison._difference import Lone as Lone
from ._comparison._renames import Rename as Rename
from ._drawing._draw import draw_html as draw_html
from ._drawing._draw import draw_svg as draw_svg
from ._drawing._netron import NetronView as NetronView
from ._drawing._netron import view_model as view_model
from ._freezing._checkpoint import freeze_checkpoint as freeze_checkpoint
from ._freezing._freeze import freeze as freeze
from ._freezing._report import FrozenReport as FrozenReport
from ._freezing._session import freeze_session as freeze_session
from ._graphs._signature_names import SignatureNames as SignatureNames
from ._inspection._checkpoint import CheckpointDetails as CheckpointDetails
from ._inspection._events import EventsDetails as EventsDetails
from ._inspection._events import TagSummary as TagSummary
from ._inspection._graph import GraphDetails as GraphDetails
from ._inspection._inspect import FileReport as FileReport
from ._inspection._inspect import inspect_file as inspect_file
from ._inspection._keras_details import KerasDetails as KerasDetails
from ._inspection._onnx import OnnxDetails as OnnxDetails
from ._inspection._tflite import TfliteDetails as TfliteDetails
from ._meta_graph import Signature as Signature
from ._predicting._columns import model_examples as model_examples
from ._predicting._examples import Example as Example
from ._predicting._examples import read_examples as read_examples
from ._predicting._fastest import EngineTiming as EngineTiming
from ._predicting._fastest import compare_engines as compare_engines
from ._predicting._labels import read_labels as read_labels
from ._predicting._predict import Prediction as Prediction
from ._predicting._predict import first_batch as first_batch
from ._predicting._predict import main_input as main_input
from ._predicting._predict import predict as predict
from ._predicting._preprocessing import Preprocessing as Preprocessing
from ._predicting._preprocessing import recorded_preprocessing as recorded_preprocessing
from ._predicting._ranking import Ranked as Ranked
from ._predicting._ranking import rank_classes as rank_classes
from ._predicting._results import check_results as check_results
from ._predicting._results import write_results as write_results
from ._running._frozen_graph import FrozenGraph as FrozenGraph
from ._running._frozen_graph import import_into as import_into
from ._running._frozen_graph import load_graph as load_graph
from ._running._model import Model as Model
from ._running._open_model import engines_for as engines_for
from ._running._open_model import open_model as open_model
from ._targets._convert import convert as convert
from ._targets._report import ConversionReport as ConversionReport
from ._tensor_info import TensorInfo as TensorInfo
from ._transforms._step import Step as Step
from ._transforms._taken import StepReport as StepReport
from ._transforms._transform import TransformReport as TransformReport
from ._transforms._transform import transform as transform

__all__ = [
    "Change",
    "CheckpointDetails",
    "CheckpointReport",
    "ConversionReport",
    "EngineTiming",
    "EventsDetails",
    "Example",
    "FileDifference",
    "FileReport",
    "FrozenGraph",
    "FrozenReport",
    "GraphDetails",
    "KerasDetails",
    "Lone",
    "Model",
    "NetronView",
    "OnnxDetails",
    "Prediction",
    "Preprocessing",
    "Ranked",
    "Rename",
    "Signature",
    "SignatureNames",
    "Step",
    "StepReport",
    "TagSummary",
    "TensorInfo",
    "TfliteDetails",
    "TransformReport",
    "add_classes",
    "check_results",
    "compare_engines",
    "convert",
    "convert_checkpoint",
    "diff",
    "draw_html",
    "draw_svg",
    "engines_for",
    "first_batch",
    "freeze",
    "freeze_checkpoint",
    "freeze_session",
    "import_into",
    "inspect_file",
    "load_graph",
    "main_input",
    "model_examples",
    "open_model",
    "predict",
    "rank_classes",
    "read_examples",
    "read_labels",
    "recorded_preprocessing",
    "rename_checkpoint",
    "transform",
    "view_model",
    "write_results",
]
