"""What Dropcast is made of in AWS, one construct per concern."""
