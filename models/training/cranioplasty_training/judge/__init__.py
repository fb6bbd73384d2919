"""Room `judge`: poses, continuing shapes and patches in, how far off they are out.  It changes nothing.

Open ``score.py`` first.
"""
