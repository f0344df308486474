"""The central systems of these tests."""

from tests.csms.conftest import csms as csms
from tests.csms.conftest import make_csms as make_csms
