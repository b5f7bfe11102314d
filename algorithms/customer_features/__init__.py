"""What customers are described by when classes are looked for: features of three dimensions, from arrays."""
