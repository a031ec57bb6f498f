"""contrib.image and contrib.resampler: pictures moved, turned, bent and sampled."""
