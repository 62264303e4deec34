#!/usr/bin/env python3
"""Django's command line. `./run manage …` calls this in the environment of `./run`."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    sys.path.append(str(Path(__file__).parent / "telegram"))
    execute_from_command_line(sys.argv)
