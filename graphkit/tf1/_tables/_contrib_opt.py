"""contrib.opt: optimizers beyond those of `tf.train`."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer

__all__ = ["AREAS"]

_O = "graphkit.tf1._contrib._opt"

_OPT = {
    **offer(
        f"{_O}._adam_variants",
        "AdaMaxOptimizer AdamGSOptimizer LazyAdamGSOptimizer LazyAdamOptimizer NadamOptimizer",
    ),
    **offer(f"{_O}._agn", "AGNOptimizer"),
    **offer(f"{_O}._elastic", "ElasticAverageOptimizer"),
    **offer(f"{_O}._external", "ExternalOptimizerInterface ScipyOptimizerInterface"),
    **offer(f"{_O}._ggt", "GGTOptimizer"),
    **offer(f"{_O}._lars", "LARSOptimizer"),
    **offer(f"{_O}._model_average", "ModelAverageOptimizer"),
    **offer(f"{_O}._moving_average", "MovingAverageOptimizer"),
    **offer(f"{_O}._reg_adagrad", "RegAdagradOptimizer"),
    **offer(f"{_O}._shampoo", "ShampooOptimizer"),
    **offer(f"{_O}._sign_optimizers", "AddSignOptimizer PowerSignOptimizer"),
    **offer(f"{_O}._twins", "AGNCustomGetter ElasticAverageCustomGetter ModelAverageCustomGetter"),
    **offer(
        f"{_O}._weight_decay",
        "AdamWOptimizer DecoupledWeightDecayExtension MomentumWOptimizer "
        "extend_with_decoupled_weight_decay",
    ),
    **offer(
        f"{_O}._wrappers",
        "DropStaleGradientOptimizer MultitaskOptimizerWrapper VariableClippingOptimizer "
        "clip_gradients_by_global_norm",
    ),
}

_FILES = (
    "adam_gs_optimizer adamax addsign agn_optimizer drop_stale_gradient_optimizer "
    "elastic_average_optimizer external_optimizer ggt lars_optimizer lazy_adam_gs_optimizer "
    "lazy_adam_optimizer model_average_optimizer moving_average_optimizer "
    "multitask_optimizer_wrapper nadam_optimizer powersign reg_adagrad_optimizer shampoo "
    "variable_clipping_optimizer weight_decay_optimizers"
)

AREAS = {
    "contrib.opt": Area(_OPT),
    "contrib.opt.python": Area(),
    "contrib.opt.python.training": Area(
        {
            **dict.fromkeys(_FILES.split(), "graphkit.tf1.contrib.opt"),
            "matrix_functions": f"{_O}._matrix_roots",
            "sign_decay": f"{_O}._sign_decay",
        }
    ),
}
