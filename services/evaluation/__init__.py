"""Judging the product: reference cases, data sets with known answers, model quality."""
