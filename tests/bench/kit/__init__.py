"""What the benches share: a server of the release build in a directory of its own, the load, the floors, the verdict."""
