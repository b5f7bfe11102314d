"""Which service a customer takes next: forecasts, simpler ones beside them, and how they are judged."""
