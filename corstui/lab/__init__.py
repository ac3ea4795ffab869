"""The built-in lab: a fictitious shop with a staging and a production policy, served on loopback."""

from pathlib import Path

from corstui.lab.lab import Lab, LabThread

#: The profile that drives the lab.
DEMO_PROFILE = Path(__file__).with_name("demo.yaml")

__all__ = ["DEMO_PROFILE", "Lab", "LabThread"]
