"""Why a party is at risk, and what would lower it."""
