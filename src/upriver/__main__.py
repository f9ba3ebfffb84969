"""`python -m upriver`: the same as the command `upriver`."""

from upriver.cli import main

main()
