"""contrib.distributions: bijectors, and distributions made of others."""
