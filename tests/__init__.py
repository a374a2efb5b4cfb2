"""Tests of musicapp. The package comes first: it says how threads wait, which torch reads when it is loaded."""

import musicapp  # noqa: F401
