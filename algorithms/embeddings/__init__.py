"""Vectors of nodes by which customers are compared, and how good such vectors are."""
