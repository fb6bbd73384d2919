"""Room `train`: subjects and settings in, a run with its ``last.pt`` out.

``python -m cranioplasty_training.train`` runs ``command.py``: open that first, then ``trainer.py``.
"""
