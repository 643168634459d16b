"""The synthesised template on this machine: MiniStack, the sandbox, and a clean address in front."""
