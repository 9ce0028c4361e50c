"""What the network and the vendors do to a delivery, with version 1."""

import pytest

from tests.e2e import test_storm
from tests.e2e.v1 import every_test_of

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-v1")]

globals().update(every_test_of(test_storm, fixtures=("killed", "scene")))
