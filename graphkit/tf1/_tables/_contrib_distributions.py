"""contrib.distributions and its bijectors: those of `tf.distributions`, and others written here."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_OPS = "tensorflow.python.ops.distributions"
_OWN = "graphkit.tf1._contrib._distributions"
_BIJECTOR = f"{_OWN}._bijectors"

_DISTRIBUTIONS = {
    **offer(
        f"{_OPS}.util",
        "fill_triangular fill_triangular_inverse matrix_diag_transform reduce_weighted_logsumexp "
        "softplus_inverse tridiag",
    ),
    **offer(f"{_OWN}._autoregressive", "Autoregressive"),
    **offer(f"{_OWN}._batch_reshape", "BatchReshape"),
    **offer(f"{_OWN}._bent", "Kumaraswamy SinhArcsinh VectorSinhArcsinhDiag"),
    **offer(f"{_OWN}._conditional", "ConditionalDistribution"),
    **offer(
        f"{_OWN}._conjugates",
        "normal_conjugates_known_scale_posterior normal_conjugates_known_scale_predictive",
    ),
    **offer(f"{_OWN}._counts", "Binomial Geometric NegativeBinomial Poisson"),
    **offer(f"{_OWN}._deterministic", "Deterministic VectorDeterministic"),
    **offer(f"{_OWN}._estimator_head", "estimator_head_distribution_regression"),
    **offer(f"{_OWN}._independent", "Independent"),
    **offer(f"{_OWN}._location_scale", "Cauchy HalfNormal Logistic"),
    **offer(f"{_OWN}._mixture", "Mixture"),
    **offer(f"{_OWN}._mixture_same_family", "MixtureSameFamily"),
    **offer(
        f"{_OWN}._moving",
        "assign_log_moving_mean_exp assign_moving_mean_variance moving_mean_variance",
    ),
    **offer(
        f"{_OWN}._normal_vectors",
        "MultivariateNormalDiag MultivariateNormalDiagPlusLowRank "
        "MultivariateNormalFullCovariance MultivariateNormalTriL",
    ),
    **offer(f"{_OWN}._one_hot", "OneHotCategorical"),
    **offer(
        f"{_OWN}._parameter_forms",
        "BetaWithSoftplusConcentration Chi2WithAbsDf ExponentialWithSoftplusRate "
        "GammaWithSoftplusConcentrationRate InverseGammaWithSoftplusConcentrationRate "
        "LaplaceWithSoftplusScale MultivariateNormalDiagWithSoftplusScale "
        "NormalWithSoftplusScale StudentTWithAbsDfSoftplusScale",
    ),
    **offer(
        f"{_OWN}._poisson_log_normal",
        "PoissonLogNormalQuadratureCompound quadrature_scheme_lognormal_gauss_hermite "
        "quadrature_scheme_lognormal_quantiles",
    ),
    **offer(f"{_OWN}._positive", "Chi2 InverseGamma"),
    **offer(f"{_OWN}._quantized", "QuantizedDistribution"),
    **offer(
        f"{_OWN}._relaxed",
        "ExpRelaxedOneHotCategorical RelaxedBernoulli RelaxedOneHotCategorical",
    ),
    **offer(f"{_OWN}._sample_stats", "auto_correlation percentile"),
    **offer(f"{_OWN}._seed_stream", "SeedStream"),
    **offer(f"{_OWN}._transformed", "ConditionalTransformedDistribution TransformedDistribution"),
    **offer(
        f"{_OWN}._vector_diffeomixture",
        "VectorDiffeomixture quadrature_scheme_softmaxnormal_gauss_hermite "
        "quadrature_scheme_softmaxnormal_quantiles",
    ),
    **offer(f"{_OWN}._vectors", "VectorExponentialDiag VectorLaplaceDiag"),
    **offer(f"{_OWN}._wishart", "WishartCholesky WishartFull"),
}

_BIJECTORS = {
    **offer(f"{_BIJECTOR}._absolute_value", "AbsoluteValue"),
    **offer(
        f"{_BIJECTOR}._elementwise",
        "AffineScalar Exp Gumbel Kumaraswamy PowerTransform Sigmoid SinhArcsinh Softplus Softsign "
        "Square",
    ),
    **offer(f"{_BIJECTOR}._affine", "Affine AffineLinearOperator"),
    **offer(f"{_BIJECTOR}._batch_normalization", "BatchNormalization"),
    **offer(f"{_BIJECTOR}._composed", "Chain Invert"),
    **offer(f"{_BIJECTOR}._conditional", "ConditionalBijector"),
    **offer(f"{_BIJECTOR}._inline", "Inline"),
    **offer(
        f"{_BIJECTOR}._masked_autoregressive",
        "MaskedAutoregressiveFlow masked_autoregressive_default_template masked_dense",
    ),
    **offer(f"{_BIJECTOR}._ordered", "Ordered"),
    **offer(f"{_BIJECTOR}._permute", "Permute"),
    **offer(f"{_BIJECTOR}._real_nvp", "RealNVP real_nvp_default_template"),
    **offer(f"{_BIJECTOR}._reshape", "Reshape"),
    **offer(f"{_BIJECTOR}._softmax_centered", "SoftmaxCentered"),
    **offer(
        f"{_BIJECTOR}._triangles",
        "CholeskyOuterProduct FillTriangular MatrixInverseTriL ScaleTriL TransformDiagonal",
    ),
    "Bijector": f"{_OPS}.bijector:Bijector",
    "Identity": f"{_OPS}.identity_bijector:Identity",
}

AREAS = {
    "contrib.distributions": Area(_DISTRIBUTIONS, (f"{_V1}:distributions",)),
    "contrib.distributions.bijectors": Area(_BIJECTORS),
    "contrib.distributions.python": Area(),
    "contrib.distributions.python.ops": Area({}, ("graphkit.tf1.contrib.distributions",)),
}
