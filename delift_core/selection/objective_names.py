"""The names of the objectives, spelled once; importing them costs nothing."""

from enum import StrEnum

AUTO = "auto"  # the objective that the roles of a run imply


class ObjectiveName(StrEnum):
    """The objectives, as they are spelled in files, on the command line and in the dashboard."""

    FACILITY_LOCATION = "facility_location"
    FLQMI = "flqmi"
    FLVMI = "flvmi"
    FLCG = "flcg"
    FLCMI = "flcmi"
