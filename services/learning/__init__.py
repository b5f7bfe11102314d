"""Fitting the model of risk to what came of the site's own parties, and what is kept of a fit."""
