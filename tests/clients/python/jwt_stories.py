"""Checks a token as the package PyJWT does, and prints its claims: `jwt_stories.py check JSON`.

Its times are in milliseconds, which a stock library cannot judge, so they are not.
"""

import importlib
import json
import sys

JWT = importlib.import_module("jwt")


def main() -> None:
    """Print the claims of a token whose signature fits, or the name of the error."""
    given = json.loads(sys.argv[2])
    unjudged = {"verify_exp": False, "verify_iat": False}
    try:
        claims = JWT.decode(
            given["token"],
            given["secret"],
            algorithms=["HS256"],
            issuer="Sage Intacct",
            options=unjudged,
        )
    except JWT.PyJWTError as error:
        claims = {"error": type(error).__name__}
    json.dump(claims, sys.stdout)


if __name__ == "__main__":
    main()
