"""The window. Nothing below here imports TensorFlow or Keras."""

import os

os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"  # pyqtgraph would take another that is set up for other programs
