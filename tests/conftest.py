"""What every test runs under: the environment that the template gives a function, and no AWS but the local ones."""

import os

from hypothesis import settings

os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_METRICS_NAMESPACE": "linksync",
    "POWERTOOLS_SERVICE_NAME": "tests",
}

# A busy machine is no failure.  In CI, Hypothesis' own profile says the same and is not random.
if "CI" not in os.environ:
    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")
