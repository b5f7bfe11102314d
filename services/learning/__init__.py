"""How models are fitted to what became of the site's own parties."""
