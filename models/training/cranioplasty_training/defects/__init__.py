"""Room `defects`: subjects in, samples with a virtual defect out: what the networks see and what they shall
find.  Open ``generator.py`` first, then ``sample.py``.
"""
