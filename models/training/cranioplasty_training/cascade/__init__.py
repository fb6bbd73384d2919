"""Room `cascade`: a size in, the coarse and the fine network of it out, and their ONNX files.

Open ``model.py`` first.
"""
