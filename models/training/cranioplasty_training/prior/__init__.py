"""Room `prior`: complete skulls in, what heads look like out (atlas, mean bone, shape prior); and a defective
skull in, what the missing bone should look like out, without a network.  Open ``continuation.py`` first.
"""
