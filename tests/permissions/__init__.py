"""Judges the functions' recorded AWS calls by the functions' permissions, and by rules that the emulator does not
check.
"""
