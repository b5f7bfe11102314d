"""The chance of arrears from a customer's own record: learned from the site's past, and used by analyses."""
