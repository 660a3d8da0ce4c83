"""The register of trainers that exported files are described for.

A new trainer is a file and a line.
"""

from delift_core.export.trainers.axolotl import AXOLOTL
from delift_core.export.trainers.llama_factory import LLAMA_FACTORY
from delift_core.export.trainers.trl import TRL

TRAINERS = (LLAMA_FACTORY, AXOLOTL, TRL)
