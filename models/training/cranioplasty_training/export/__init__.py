"""Room `export`: a run in, a model folder as the engine reads it out.

``python -m cranioplasty_training.export`` runs ``command.py``: open that first.
"""
