"""Saving where a program's data sets stand: with the model, or beside it in files of their own."""

from __future__ import annotations

from typing import Any

from graphkit._tf import SaveableObject, SaveSpec, tf

__all__ = ["CheckpointInputPipelineHook", "make_saveable_from_iterator"]

_OLD_FORM = (
    "the checkpoint holds the position of the iterator {!r} as TensorFlow 1 wrote it, which "
    "today's cannot read: let the data begin anew (for the hook, delete checkpoint_input in the "
    "model's folder)"
)


def make_saveable_from_iterator(iterator: Any) -> Any:
    """Makes what a Saver needs to save where an iterator stands.

    Args:
        iterator: A `tf.data.Iterator` of a graph.

    Returns:
        A SaveableObject, for the collection SAVEABLE_OBJECTS or a Saver's list; in the checkpoint
        it has 1.15's key, the name of the iterator's resource and "-state". Restoring one that 1.15
        wrote is an InvalidArgumentError.
    """
    return _Position(iterator._iterator_resource)  # noqa: SLF001  # there is no public way


class CheckpointInputPipelineHook(tf.train.SessionRunHook):  # type: ignore[misc]
    """Saves where the data sets stand, in files of their own beside the model's checkpoints.

    It saves as often as the estimator saves its variables, as `input.ckpt-STEP`; of several
    workers each has `input_TYPE_NUMBER.ckpt-STEP`. A later run goes on where the last of them
    stood.

    Args:
        estimator: Whose folder and settings are used.

    Raises:
        ValueError: The estimator saves no checkpoints.
    """

    def __init__(self, estimator: Any) -> None:
        # The Estimator adds a CheckpointSaverHook unless it is given one, so this is none itself.
        self._hook = _PositionsHook(estimator.model_dir, estimator.config)
        self._at_start = True

    def begin(self) -> None:
        """Adds the ops that save and restore every iterator of the graph."""
        self._hook.begin()

    def before_run(self, run_context: Any) -> Any:
        """Restores the iterators before the first step, or saves where they start.

        Not sooner: other hooks make the iterators ready only after the session is made.
        """
        if self._at_start:
            self._hook.restore_or_save(run_context.session)
            self._at_start = False
        return self._hook.before_run(run_context)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Saves the iterators when it is time to."""
        self._hook.after_run(run_context, run_values)

    def end(self, session: Any) -> None:
        """Saves the iterators where the run ends."""
        self._hook.end(session)


class _PositionsHook(tf.train.CheckpointSaverHook):  # type: ignore[misc]
    """Saves the graph's iterators and nothing else."""

    def __init__(self, folder: str, config: Any) -> None:
        prefix = "input"
        if config.num_worker_replicas > 1:
            prefix += f"_{config.task_type}_{config.task_id}"
        super().__init__(
            folder,
            save_secs=config.save_checkpoints_secs,
            save_steps=config.save_checkpoints_steps,
            checkpoint_basename=f"{prefix}.ckpt",
        )
        self._list = f"checkpoint_{prefix}"

    def begin(self) -> None:
        positions = [_Position(resource) for resource in tf.get_collection("iterators")]
        self._saver = _ListedSaver(positions, self._list)
        super().begin()

    def restore_or_save(self, session: Any) -> None:
        latest = tf.train.latest_checkpoint(self._checkpoint_dir, self._list)
        if latest:
            self._saver.restore(session, latest)
        else:
            step = session.run(self._global_step_tensor)
            self._save(session, step)
            self._timer.update_last_triggered_step(step)


class _Position(SaveableObject):  # type: ignore[misc]
    """Where one iterator stands."""

    def __init__(self, resource: Any) -> None:
        position = tf.raw_ops.SerializeIterator(resource_handle=resource)
        spec = SaveSpec(position, "", f"{resource.name}-state")
        super().__init__(resource, [spec], resource.name)

    def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
        (position,) = restored_tensors
        # 1.15 wrote one value where there are several now; the op would end the process at it.
        readable = tf.debugging.assert_rank(position, 1, message=_OLD_FORM.format(self.name))
        with tf.control_dependencies([readable]), tf.colocate_with(self.op):
            return tf.raw_ops.DeserializeIterator(resource_handle=self.op, serialized=position)


class _ListedSaver(tf.train.Saver):  # type: ignore[misc]
    """A Saver that lists its checkpoints in a file of its own, not in the model's."""

    def __init__(self, saveables: Any, list_name: str) -> None:
        super().__init__(saveables)
        self._list_name = list_name

    def save(
        self,
        sess: Any,
        save_path: Any,
        global_step: Any = None,
        latest_filename: str | None = None,
        **options: Any,
    ) -> Any:
        latest = latest_filename or self._list_name
        return super().save(sess, save_path, global_step, latest, **options)
