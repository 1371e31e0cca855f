"""hypothesis measures no time here: other work may keep the machine busy."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
