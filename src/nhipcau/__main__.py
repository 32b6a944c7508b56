"""`python -m nhipcau` is the command line."""

from nhipcau.cli import main

if __name__ == "__main__":
    main()
