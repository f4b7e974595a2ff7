"""What a command ends with that could not do what it was told."""


class Failed(Exception):
    """What to tell whoever asked, with the fix where there is one."""
