"""contrib.estimator: heads, and what is wrapped around estimators."""
