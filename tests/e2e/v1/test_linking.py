"""What is edited on either side is linked, whichever version of the Links API is in use."""

import pytest

from tests.e2e import test_issue_side, test_life, test_ticket_side
from tests.e2e.v1 import every_test_of

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-v1")]

# How a sender tells has nothing to do with the version; half a minute of waiting is saved.
TOLD_OTHERWISE = ("automation", "birth", "jiras_own_time")

globals().update(every_test_of(test_issue_side, test_life, test_ticket_side, without=TOLD_OTHERWISE))
