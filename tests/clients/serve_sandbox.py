"""A sandbox in a process of its own: `python serve_sandbox.py PORT`.

It calls itself by a name that the official clients accept, which need one under intacct.com.
"""

import sys

from connector.sandbox.config import SandboxConfig
from connector.sandbox.serve import serve

HOST = "127.0.0.1"


def main() -> None:
    """Serve on this machine alone until told to end."""
    port = int(sys.argv[1])
    serve(SandboxConfig(public_url=f"http://localhost.intacct.com:{port}"), HOST, port)


if __name__ == "__main__":
    main()
