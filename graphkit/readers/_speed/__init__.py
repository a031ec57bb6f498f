"""How fast a pipeline is, stage by stage, and which stage holds the others up."""

from graphkit.readers._speed._file_pipelines import file_pipeline
from graphkit.readers._speed._measure import measure_speed
from graphkit.readers._speed._report import PipelineSpeed, StageSpeed

__all__ = ["PipelineSpeed", "StageSpeed", "file_pipeline", "measure_speed"]
