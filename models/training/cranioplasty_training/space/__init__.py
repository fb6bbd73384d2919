"""Room `space`: masks, points and directions in; distances, fields and radial maps at points of the canonical
frame out.  Open ``canonical.py`` first.
"""
