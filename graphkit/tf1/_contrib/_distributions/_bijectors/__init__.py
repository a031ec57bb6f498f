"""contrib.distributions.bijectors: transformations that can be undone."""
