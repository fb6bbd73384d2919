"""Room `pose`: a skull on its own grid in, the rigid motion that lays it onto the mean skull out.  Open
``align.py`` first; ``atlas.py`` says what the mean skull is.
"""
