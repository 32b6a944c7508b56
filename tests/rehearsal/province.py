"""The 145 units of the model province, as the package carries them."""

import csv
from importlib import resources

_TEXT = resources.files("nhipcau.org").joinpath("data/khanh-hoa-2024.csv").read_text("utf-8")
UNITS = list(csv.DictReader(_TEXT.splitlines()))
CODES = [unit["code"] for unit in UNITS]
