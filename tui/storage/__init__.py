"""What is kept between two starts, on this machine."""
