"""Sample jobs, for a first look and for measuring: believable, and the same for the same number."""

from jobwatch.feeds.samples.seed import seed_jobs

__all__ = ["seed_jobs"]
