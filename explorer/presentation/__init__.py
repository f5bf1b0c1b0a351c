"""What the window and the exports both tell: numbers in words, orders, curves, colours. No Qt, no TensorFlow."""
