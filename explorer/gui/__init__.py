"""The window. Nothing below here imports TensorFlow or Keras."""
