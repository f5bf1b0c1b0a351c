"""What leaves the program: results and records; later figures. No widget is needed to call any of it."""
