"""Lets ``python -m connector.cli`` be the command."""

from connector.cli import main

main()
