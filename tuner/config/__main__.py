"""Prints docs/configuration.md: ``python -m tuner.config > docs/configuration.md``."""

import sys

from tuner.config.document import configuration_page

sys.stdout.write(configuration_page())
