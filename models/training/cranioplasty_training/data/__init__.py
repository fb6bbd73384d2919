"""Room `data`: files of complete skulls and of real cases in, their fields in the canonical frame out;
``splits.py`` says who trains and who tests.  Open ``prepare.py`` first.
"""
