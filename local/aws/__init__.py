"""The stack on a local AWS: the emulator, the deployment, and the means to watch it."""
