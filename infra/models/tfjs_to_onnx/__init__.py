"""Conversion of TensorFlow.js graph models to ONNX."""
