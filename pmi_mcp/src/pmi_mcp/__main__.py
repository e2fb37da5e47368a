"""``python -m pmi_mcp`` is ``pmi-mcp``."""

import sys

from pmi_mcp.server import main

if __name__ == "__main__":
    sys.exit(main())
