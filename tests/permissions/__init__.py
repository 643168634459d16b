"""What the functions' recorded AWS calls say about their permissions, and about the rules that the emulator ignores."""
